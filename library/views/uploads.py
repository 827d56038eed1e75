"""Files on their way from a form into a delivery: written as they come in, whatever their number and size."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import QueryDict
from django.http.multipartparser import MultiPartParser
from django.utils.datastructures import MultiValueDict

from library.importers.uploads import Delivery

FOLDER_FIELD = "folder"


class WholeNames(MultiPartParser):
    """Django's parser keeps the last part of a file's name. Here the name is only ever data, and wanted whole."""

    def sanitize_file_name(self, file_name: str) -> str:
        return file_name


class Receiver(FileUploadHandler):
    """Writes each file into the delivery at once; Django's own handlers would hold thousands open, or in memory."""

    def __init__(self, delivery: Delivery, limit: int) -> None:
        super().__init__()
        self.delivery = delivery
        self.limit = limit
        self.too_large = False
        self.broke_off = False

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> tuple[QueryDict, MultiValueDict[str, Any]]:
        self.too_large = content_length > self.limit
        fields: tuple[QueryDict, MultiValueDict[str, Any]] = WholeNames(
            META, input_data, [_Writer(self)], encoding
        ).parse()
        return fields


class _Writer(FileUploadHandler):
    """The handler of the parser that `Receiver` puts in the place of Django's."""

    def __init__(self, receiver: Receiver) -> None:
        super().__init__()
        self.receiver = receiver
        self.delivery = receiver.delivery

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        if self.receiver.too_large:
            # The rest is read and dropped: a browser shows no answer to a form that it could not send.
            raise StopUpload(connection_reset=False)
        self.delivery.begin(file_name, of_folder=field_name == FOLDER_FIELD)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.delivery.write(raw_data)

    def file_complete(self, file_size: int) -> None:
        self.delivery.end()

    def upload_interrupted(self) -> None:
        self.receiver.broke_off = True
