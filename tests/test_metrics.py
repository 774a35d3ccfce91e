"""What Prometheus reads."""

from __future__ import annotations

import pytest

from hub.metrics import Metrics


def lines(metrics: Metrics) -> list[str]:
    body, media_type = metrics.render()
    assert media_type.startswith("text/plain")
    return body.decode().splitlines()


def test_counts_are_kept_by_channel_and_outcome() -> None:
    metrics = Metrics()
    metrics.item("waze", "complaints", 3)
    metrics.item("waze", "skipped")
    metrics.complaint("waze", 3)
    metrics.report("opened")
    metrics.delivery("crop", "report", "sent")
    metrics.queue("raw", 7)
    shown = lines(metrics)
    assert 'aduan_items_total{channel="waze",outcome="complaints"} 3.0' in shown
    assert 'aduan_items_total{channel="waze",outcome="skipped"} 1.0' in shown
    assert 'aduan_complaints_total{channel="waze"} 3.0' in shown
    assert 'aduan_reports_total{event="opened"} 1.0' in shown
    assert 'aduan_deliveries_total{channel="crop",kind="report",state="sent"} 1.0' in shown
    assert 'aduan_queue_depth{queue="raw"} 7.0' in shown


def test_a_channel_is_in_one_state() -> None:
    metrics = Metrics()
    metrics.channel("waze", "running")
    metrics.channel("waze", "parked")
    states = [line for line in lines(metrics) if line.startswith("aduan_channel_state{") and line.endswith(" 1.0")]
    assert states == ['aduan_channel_state{channel="waze",state="parked"} 1.0']
    with pytest.raises(ValueError, match="no channel is asleep"):
        metrics.channel("waze", "asleep")


def test_time_is_measured_also_where_the_work_fails() -> None:
    metrics = Metrics()
    with metrics.timed("process"):
        pass
    with pytest.raises(ZeroDivisionError), metrics.timed("process"):
        _ = 1 / 0
    assert 'aduan_processing_seconds_count{stage="process"} 2.0' in lines(metrics)


def test_two_hubs_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.complaint("waze")
    assert 'aduan_complaints_total{channel="waze"} 1.0' in lines(one)
    assert not [line for line in lines(other) if line.startswith("aduan_complaints_total{")]
