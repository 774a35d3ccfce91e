"""The aduan.toml that points a hub at a town."""

from __future__ import annotations

SETTINGS = """\
[hub]
database = "sqlite:///{folder}/aduan.db"
region = "jakarta"
blobs = "{folder}/blobs"
photo_networks = ["127.0.0.0/8"]

[web]
host = "127.0.0.1"
port = {port}

[[channel]]
kind = "waze"
every = "{every}s"
[channel.options]
feeds = ["{http}/waze{waze_path}?format=1&types=alerts"]

[[channel]]
kind = "qlue"
every = "{every}s"
allow_networks = ["127.0.0.0/8"]
[channel.options]
url = "{http}/qlue{list}"
history_url = "{http}/qlue{history}"
reply_url = "{http}/qlue{replies}"
token = "{token}"

[[channel]]
kind = "twitter"
every = "{every}s"
allow_networks = ["127.0.0.0/8"]
[channel.options]
api_url = "{http}/x"
account = "{account}"
bearer_token = "{token}"
consumer_key = "consumer-{token}"
consumer_secret = "consumer-secret-{token}"
access_token = "access-{token}"
access_token_secret = "access-secret-{token}"
query = "{query}"

[[channel]]
kind = "email"
every = "{every}s"
[channel.options]
host = "127.0.0.1"
port = {imap}
security = "none"
username = "{mailbox}"
password = "{token}"
idle = false
smtp_host = "127.0.0.1"
smtp_port = {smtp}
smtp_security = "none"
from_address = "{mailbox}"

[[channel]]
kind = "lapor"
every = "{every}s"
[channel.options]
base_url = "{http}"
token = "{token}"
paths = {{ reports = "/lapor{reports}", topics = "/lapor{topics}", status = "/lapor{status}" }}
paging = {{ page = "page", size = "limit", limit = 200 }}
export_folder = "{exports}"

[[channel]]
kind = "petajakarta"
every = "{every}s"
allow_networks = ["127.0.0.0/8"]
[channel.options]
url = "{http}/peta"

[[channel]]
kind = "facebook"
every = "{every}s"
allow_networks = ["127.0.0.0/8"]
[channel.options]
graph_url = "{http}/facebook"
page_id = "{page}"
page_token = "page-{token}"
app_secret = "app-{token}"
verify_token = "verify-{token}"

[[channel]]
kind = "file"
every = "{every}s"
[channel.options]
folder = "{sheets}"
settle = 0.1
[channel.options.fields]
"No" = "id"
"Tanggal" = "created_at"
"Jam" = "created_at"
"Uraian" = "text"
"Lokasi" = "address"
"Pelapor" = "reporter"

[[channel]]
kind = "balaiwarga"

[[channel]]
kind = "posko"

[[channel]]
kind = "crop"
[channel.options]
url = "{http}/crop{events}"
secrets = ["{to_crop}"]
receive_secrets = ["{from_crop}"]
"""
