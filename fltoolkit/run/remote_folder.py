"""Copies files and folders from and to an address (fsspec: s3://, abfs://, sftp://, …)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from fltoolkit.errors import RequestError

RECORD = "run.json"  # a folder of results without it is ignored


def is_address(place: str) -> bool:
    """Returns whether a text is an address (such as `s3://bucket/folder`) and not a path on this machine."""
    return "://" in place


@dataclass(frozen=True)
class Store:
    """A folder at an address such as `s3://bucket/folder`. Names of files are relative to this folder, with
    slashes."""

    address: str

    def fetch(self, name: str, here: Path) -> bool:
        """Copies a file or a whole folder, if it exists, to the same name under `here`. Returns whether
        anything was copied."""
        files, root = self._files()
        for path in files.find(f"{root}/{name}"):
            target = here / path.removeprefix(root).lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            files.get_file(path, str(target))
        return (here / name).exists()

    def replace(self, name: str, here: Path) -> None:
        """Uploads a folder of results (`here / name`), which replaces the folder of the same name at the
        address. If `here / name` does not exist, the folder at the address is deleted.

        Readers ignore a folder without run.json. So run.json is deleted first and uploaded last, and a
        half-uploaded folder is never used.
        """
        files, root = self._files()
        before = {path.removeprefix(root).lstrip("/") for path in files.find(f"{root}/{name}")}
        now = {path.relative_to(here).as_posix() for path in (here / name).rglob("*") if path.is_file()}
        record = f"{name}/{RECORD}"
        for gone in sorted(before & ({record} | before - now), key=lambda name: (name != record, name)):
            files.rm_file(f"{root}/{gone}")
        for file in sorted(now, key=lambda name: (name == record, name)):
            self.put(file, here)

    def put(self, name: str, here: Path) -> None:
        """Uploads the file `here / name` to the same name at the address."""
        self.write(name, (here / name).read_bytes())

    def write(self, name: str, content: bytes) -> None:
        files, root = self._files()
        files.makedirs(str(PurePosixPath(f"{root}/{name}").parent), exist_ok=True)
        files.pipe_file(f"{root}/{name}", content)

    def read(self, name: str) -> bytes:
        files, root = self._files()
        content: bytes = files.cat_file(f"{root}/{name}")
        return content

    def _files(self) -> tuple[Any, str]:
        """Returns the file system, and the path of this folder in it. The cache of the file system is emptied
        first, so that new files are found."""
        try:
            from fsspec.core import url_to_fs

            files, root = url_to_fs(self.address)
        except ImportError as error:  # fsspec is missing, or the package for this kind of address
            do = (
                "install it here and on the workers; fsspec itself comes with pip install "
                "'fltoolkit[cluster]'"
            )
            raise RequestError(
                "files at this address need a package that is not installed",
                where=self.address,
                found=error,
                do=do,
            ) from None
        except ValueError:
            raise RequestError(
                "there is no such kind of address",
                where=self.address,
                found=self.address.partition("://")[0],
                allowed="such as s3, gs, abfs, sftp, file",
                do="correct what stands before ://",
            ) from None
        files.invalidate_cache()
        return files, str(root).rstrip("/")
