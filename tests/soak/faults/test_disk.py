"""A disk that is full, or read-only, or forbids large files: told in words, and gone on from to the same bytes."""

import os
import random
import resource
import shutil
import subprocess

import pytest
from broken_runs import check_told
from soak_size import size
from stopped_run import StoppableRun

LIMITS = size(short=1, long=8)
DISKS = size(short=1, long=8)
PAGE = os.sysconf("SC_PAGESIZE")
LARGEST = 1_200_000
"""Bytes: more than a run of these needs."""
IN_A_DISK = """
set -u
mkdir disk && mount -t tmpfs -o size="$1" none disk && mv in.csv *.png disk && cd disk && shift
"$@" 2>../first.txt; echo $? >../first.code
ls -A >../there.txt
mount -o remount,ro,size=16m none . && "$@" 2>../second.txt; echo $? >../second.code
mount -o remount,rw,size=16m none . && "$@" 2>../third.txt; echo $? >../third.code
cp in_out.csv ..
"""
"""Run in a namespace of its own: nobody else sees the disk, and it vanishes with the last process."""
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


def has_namespaces():
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "none", "/mnt"], check=False).returncode == 0


def sizes(count, chance):
    """Sizes of files and of disks in bytes: the smaller the more of them."""
    return [int(4096 * (LARGEST / 4096) ** chance.random()) for _ in range(count)]


@pytest.mark.parametrize("limit", sizes(LIMITS, random.Random(7)))
def test_files_that_may_not_grow(tmp_path, unbroken, limit):
    run = StoppableRun(tmp_path / "run")
    limited = subprocess.Popen(
        run.command(),
        cwd=run.folder,
        env=run.environment(),
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),  # noqa: PLW1509 - no threads here
    )
    _, errors = limited.communicate(timeout=120)
    if limited.returncode:
        check_told(limited, errors)
        assert not (run.folder / "in_out.csv").exists()
    else:
        assert run.output() == unbroken
    print(f"files of {limit} bytes: {errors.strip() or 'done'}")
    run.finish()
    assert run.output() == unbroken


@pytest.mark.parametrize("free", sizes(DISKS, random.Random(8)))
def test_a_disk_that_is_full_and_then_read_only(tmp_path, unbroken, free):
    if not has_namespaces():
        pytest.skip("no disks of one's own can be mounted here")
    run = StoppableRun(tmp_path / "run")
    pages = sum(-(-path.stat().st_size // PAGE) for path in run.folder.iterdir())
    room = pages * PAGE + free
    script = [*NAMESPACE, "sh", "-c", IN_A_DISK, "sh", str(room), *run.command()]
    subprocess.run(script, cwd=run.folder, env=run.environment(), check=True, timeout=180)
    codes = [int((run.folder / f"{name}.code").read_text()) for name in ("first", "second", "third")]
    said = [(run.folder / f"{name}.txt").read_text() for name in ("first", "second", "third")]
    there = (run.folder / "there.txt").read_text().split()
    assert ("in_out.csv" in there) == (codes[0] == 0), (there, said)
    for code, text in zip(codes[:2], said[:2], strict=True):
        if code:
            check_told(subprocess.CompletedProcess((), code), text)
    assert codes[1] != 0
    assert (codes[2], said[2]) == (0, "")
    assert run.output() == unbroken
    print(f"disk with {free} bytes free: {said[0].strip() or 'done'}; read-only: {said[1].strip()}")
