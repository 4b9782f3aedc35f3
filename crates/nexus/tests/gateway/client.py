"""What a program does with proxmoxer, unchanged. Says what came of each step, as one JSON object."""

import json
import sys
import time

from proxmoxer import ProxmoxAPI
from proxmoxer.core import ResourceException

port, prefix, user, name, secret, authority = sys.argv[1:]
pve = ProxmoxAPI(
    "127.0.0.1",
    port=int(port),
    user=user,
    token_name=name,
    token_value=secret,
    verify_ssl=authority,
    path_prefix=prefix or None,
    timeout=30,
)


def refused(step):
    """The status, the reason and the faults of a call that must fail."""
    try:
        step()
    except ResourceException as error:
        return [error.status_code, error.content, error.errors]
    return None


def ended(node, upid):
    """The task's end."""
    for _ in range(300):
        status = node.tasks(upid).status.get()
        if status["status"] == "stopped":
            return status["exitstatus"]
        time.sleep(0.1)
    return None


node = pve.nodes("pve1")
said = {}
said["version"] = pve.version.get()["version"]
said["nodes"] = [row["node"] for row in pve.nodes.get()]
said["guests"] = sorted(row["vmid"] for row in pve.cluster.resources.get(type="vm"))
said["listed"] = sorted(row["vmid"] for row in node.qemu.get())
said["status"] = node.qemu(102).status.current.get()["status"]
said["start"] = ended(node, node.qemu(102).status.start.post())
said["running"] = node.qemu(102).status.current.get()["status"]
said["config"] = node.qemu(102).config.put(description="by a program; ä+%", cores=2)
said["changed"] = {key: value for key, value in node.qemu(102).config.get().items() if key in ("description", "cores")}
said["snapshot"] = ended(node, node.qemu(102).snapshot.post(snapname="before", description="x"))
said["snapshots"] = [row["name"] for row in node.qemu(102).snapshot.get()]
said["deleted"] = ended(node, node.qemu(102).snapshot("before").delete())
said["stop"] = ended(node, node.qemu(102).status.stop.post())
said["missing"] = refused(lambda: node.qemu(9999).status.current.get())
said["console"] = refused(lambda: node.qemu(102).vncproxy.post(websocket=1))
said["token"] = refused(lambda: pve.access.users("root@pam").token("x").post())
said["args"] = refused(lambda: node.qemu(102).config.put(args="-device x", cores=1))
said["disk"] = refused(lambda: node.qemu(102).config.put(scsi1="/dev/sda"))
said["privilege"] = refused(lambda: node.qemu(102).agent("network-get-interfaces").get())
print(json.dumps(said))
