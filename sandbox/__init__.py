"""Stand-ins that speak the channels' real protocols on loopback, and a recorded day to replay."""
