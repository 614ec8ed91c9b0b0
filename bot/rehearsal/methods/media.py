"""Pictures, voices and files as the Bot API carries them."""

import mimetypes
from typing import Any

from bot.rehearsal.methods.registry import Call, Upload
from bot.rehearsal.refusals import Json, bad_request
from bot.rehearsal.state import StoredFile
from bot.rehearsal.texts import CAPTION_LIMIT, read_text
from bot.rehearsal.world import World

UPLOAD_LIMIT = 50 * 1024 * 1024
ALBUM = range(2, 11)
MEDIA_KEYS = {"type", "media", "caption", "parse_mode", "caption_entities", "has_spoiler"}
ALBUM_KINDS = {"photo", "document"}
PHOTO_SIZES = ((90, 67), (800, 600))


def read_media(call: Call, kind: str, source: str, **details: Any) -> Json:
    """The content of a message with a file: an upload, or a file known by its file_id."""
    return describe(call.world, kind, _stored(call, kind, source), **details)


def describe(world: World, kind: str, stored: StoredFile, **details: Any) -> Json:
    """The Bot API's fields for a kept file."""
    ids: Json = {
        "file_id": stored.id,
        "file_unique_id": stored.unique_id,
        "file_size": stored.declared_size,
    }
    known = {name: value for name, value in details.items() if value is not None}
    match kind:
        case "photo":
            return {"photo": _sizes(world, stored)}
        case "voice":
            return {"voice": {"duration": 1, "mime_type": "audio/ogg", **ids, **known}}
        case "sticker":
            looks = {"width": 512, "height": 512, "is_animated": False, "is_video": False}
            return {"sticker": {"type": "regular", **looks, **ids, **known}}
        case _:
            name = {"file_name": stored.name, "mime_type": stored.mime_type}
            return {"document": {**name, **ids, **known}}


def media_group(call: Call, media: list[Json]) -> list[Json]:
    """The contents of an album's messages."""
    if len(media) not in ALBUM:
        raise bad_request("wrong number of media in the album: 2-10 are expected")
    return [_album_item(call, item) for item in media]


def _album_item(call: Call, item: Json) -> Json:
    unknown = item.keys() - MEDIA_KEYS
    if unknown or item.get("type") not in ALBUM_KINDS:
        raise bad_request(f"can't parse InputMedia: {sorted(unknown) or item.get('type')}")
    content = read_media(call, item["type"], str(item.get("media", "")))
    text, entities = read_text(
        item.get("caption") or "",
        parse_mode=item.get("parse_mode"),
        entities=item.get("caption_entities"),
        limit=CAPTION_LIMIT,
        find_user=call.world.find_user,
    )
    return (
        content
        | ({"caption": text} if text else {})
        | ({"caption_entities": entities} if entities else {})
    )


def _stored(call: Call, kind: str, source: str) -> StoredFile:
    if source.startswith("attach://"):
        upload = call.files.get(source.removeprefix("attach://"))
        if upload is None:
            raise bad_request(f"{kind} isn't specified")
        return _keep(call.world, upload)
    if source.startswith(("http://", "https://")):
        # The rehearsal never leaves this machine, so it cannot fetch what an address names.
        raise bad_request("failed to get HTTP URL content")
    stored = call.world.state.files.get(source)
    if stored is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return stored


def _keep(world: World, upload: Upload) -> StoredFile:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > UPLOAD_LIMIT:
        raise bad_request("file is too big")
    guessed = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
    kind = upload.mime_type if upload.mime_type != "application/octet-stream" else guessed
    return world.keep_file(upload.content, name=upload.name, mime_type=kind)


def _sizes(world: World, stored: StoredFile) -> list[Json]:
    """A small and a large size; both are files of their own, as in Telegram."""
    small_id = f"{stored.id}-s"
    world.state.files.setdefault(
        small_id,
        StoredFile(
            id=small_id,
            unique_id=f"{stored.unique_id}s",
            name=stored.name,
            mime_type=stored.mime_type,
            content=stored.content,
            declared_size=min(stored.declared_size, 2_000),
        ),
    )
    sizes = zip((world.state.files[small_id], stored), PHOTO_SIZES, strict=True)
    return [
        {
            "file_id": file.id,
            "file_unique_id": file.unique_id,
            "width": width,
            "height": height,
            "file_size": file.declared_size,
        }
        for file, (width, height) in sizes
    ]
