"""A Slurm cluster of one node, this machine, in a folder of its own.

    python tests/slurm/cluster.py start FOLDER     # prints what to export
    python tests/slurm/cluster.py stop FOLDER

Needs Debian's packages `slurm-wlm` and `munge`, and root: Slurm's node daemon starts
jobs as other users. Nothing outside the folder is touched: key, socket, ports, state,
spool and logs are its own, and what was started is stopped by its process id.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

DAEMONS = ("munged", "slurmctld", "slurmd")
"""In the order in which they start; they stop the other way round."""

TOOLS = (*DAEMONS, "sbatch", "srun", "squeue", "scancel", "sinfo")
PATIENCE_S = 30
PARTITION = "all"

CONFIGURATION = """
ClusterName=clarity
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmctldPort={controller_port}
SlurmdPort={node_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,sched_min_interval=0
ReturnToService=2
MinJobAge=60
KillWait=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName={partition} Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


class NoClusterError(Exception):
    """Slurm cannot be started here; says why."""


def start(folder: Path) -> dict[str, str]:
    """Start munged, slurmctld and slurmd, and wait until the node takes jobs.

    Args:
        folder: Is made; shall be empty. A short path: a socket's name is limited.

    Returns:
        The environment variables that Slurm's commands need to find the cluster.

    Raises:
        NoClusterError: If it cannot run here, or did not come up; nothing is left
            running then.
    """
    require_possible()
    folder = folder.absolute()
    for part in ("state", "spool"):
        (folder / part).mkdir(parents=True)
    folder.chmod(0o755)
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o600)
    (folder / "slurm.conf").write_text(configuration(folder), encoding="utf-8")
    environment = {"SLURM_CONF": str(folder / "slurm.conf")}
    try:
        for name in DAEMONS:
            launch(name, folder, environment)
        wait_until_idle(folder, environment)
    except NoClusterError:
        stop(folder)
        raise
    return environment


def stop(folder: Path) -> None:
    """Stop what `start` started, by process id; jobs that still run are ended."""
    folder = folder.absolute()
    environment = os.environ | {"SLURM_CONF": str(folder / "slurm.conf")}
    if (folder / "slurmctld.pid").exists():
        words = ["scancel", "--signal=KILL", "--full", f"--partition={PARTITION}"]
        subprocess.run(words, env=environment, capture_output=True, check=False)
    for name in reversed(DAEMONS):
        end(name, folder)


def require_possible() -> None:
    """Raise unless this machine can run the daemons."""
    missing = [name for name in TOOLS if shutil.which(name) is None]
    if missing:
        raise NoClusterError(
            f"Slurm is not installed ({', '.join(missing)} missing); on Debian: "
            "apt-get install slurm-wlm munge"
        )
    if os.geteuid() != 0:
        raise NoClusterError("Slurm's node daemon needs root, and this is another user")


def configuration(folder: Path) -> str:
    """The text of slurm.conf."""
    controller_port, node_port = free_ports(2)
    return CONFIGURATION.format(
        folder=folder,
        host=socket.gethostname().split(".")[0],
        cpus=os.cpu_count(),
        controller_port=controller_port,
        node_port=node_port,
        partition=PARTITION,
    )


def free_ports(n: int) -> list[int]:
    """Ports that nobody listens on now."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def launch(name: str, folder: Path, environment: dict[str, str]) -> None:
    """Start one daemon in the foreground mode, its words going to a log."""
    words = {
        "munged": [
            *("--foreground", "--force", f"--socket={folder}/munge.socket"),
            *(f"--key-file={folder}/munge.key", f"--pid-file={folder}/munge.pid"),
            *(f"--log-file={folder}/munged.log", f"--seed-file={folder}/munge.seed"),
        ],
        "slurmctld": ["-D", "-c"],
        "slurmd": ["-D", "-c"],
    }[name]
    with (folder / f"{name}.out").open("wb") as out:
        process = subprocess.Popen(
            [shutil.which(name), *words],
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    (folder / f"{name}.started").write_text(str(process.pid), encoding="ascii")
    if name == "munged":
        wait_for(lambda: (folder / "munge.socket").exists(), name, folder)
    time.sleep(0.2)
    if process.poll() is not None:
        raise NoClusterError(f"{name} ended at once: {last_words(folder, name)}")


def wait_until_idle(folder: Path, environment: dict[str, str]) -> None:
    """Wait until the node says that it is idle."""
    words = ["sinfo", "--noheader", "--format=%t"]

    def idle() -> bool:
        found = subprocess.run(
            words,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return found.stdout.strip() == "idle"

    wait_for(idle, "slurmd", folder)


def wait_for(condition, name: str, folder: Path) -> None:
    """Wait, or say which daemon did not come up and what it said last."""
    end_s = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end_s:
            raise NoClusterError(
                f"{name} did not come up in {PATIENCE_S} s: {last_words(folder, name)}"
            )
        time.sleep(0.1)


def last_words(folder: Path, name: str) -> str:
    """The last lines that a daemon wrote."""
    text = ""
    for path in (folder / f"{name}.out", folder / f"{name}.log"):
        if path.exists():
            text += path.read_text(encoding="utf-8", errors="replace")
    return " | ".join(text.splitlines()[-5:]) or "(nothing)"


def end(name: str, folder: Path) -> None:
    """End one daemon by its process id, first politely."""
    noted = folder / f"{name}.started"
    if not noted.exists():
        return
    pid = int(noted.read_text(encoding="ascii"))
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if not is_ours(pid, name):
            break
        os.kill(pid, sign)
        end_s = time.monotonic() + 5
        while is_ours(pid, name) and time.monotonic() < end_s:
            time.sleep(0.05)
    noted.unlink()


def is_ours(pid: int, name: str) -> bool:
    """Whether a process still runs, and under this name: ids are used again."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # our own child would stay as a zombie
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return status.splitlines()[0].split()[-1] == name and "State:\tZ" not in status


def main() -> int:
    """Start or stop from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=["start", "stop"])
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    if options.action == "stop":
        stop(options.folder)
        return 0
    try:
        environment = start(options.folder)
    except NoClusterError as reason:
        print(reason, file=sys.stderr)
        return 1
    for name, value in environment.items():
        print(f"export {name}={value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
