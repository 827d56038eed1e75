"""Many new rows of one table at once, as plain tuples: what an import spends most of its time on.

`bulk_create` makes an object of each row and compiles a statement for each forty; this is a third of its cost. It
fires no signals, and no defaults apply: name every column, and take ids by `new_ids` where others refer to the rows.
"""

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any

from django.db import connection, models

Adapt = Callable[[Any], Any]


def new_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids that nobody else will have. On SQLite the caller's transaction holds them by holding the database."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
            last = cursor.fetchone()[0]
            return list(range(last + 1, last + count + 1))
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [row[0] for row in cursor.fetchall()]


def reserved_id(model: type[models.Model]) -> int:
    """An id that no row has or will ever have."""
    (number,) = new_ids(model, 1)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            values = (number, model._meta.db_table)
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", values)
            if not cursor.rowcount:
                cursor.execute("INSERT INTO sqlite_sequence (seq, name) VALUES (%s, %s)", values)
    return number


def insert_rows(
    model: type[models.Model], names: tuple[str, ...], rows: Iterable[tuple[Any, ...]], *, or_leave: bool = False
) -> None:
    """Insert `rows`, whose values stand in the order of the fields' `names` (`link_id` for a foreign key).

    With `or_leave` a row whose key is there already is passed over.
    """
    fields = [_field(model, name) for name in names]
    adapters = [_adapter(field) for field in fields]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column or field.name) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - no values
    if or_leave:
        statement += " ON CONFLICT DO NOTHING"
    values = [[adapt(value) for adapt, value in zip(adapters, row, strict=True)] for row in rows]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    return next(field for field in model._meta.concrete_fields if name in (field.name, field.attname))


def _adapter(field: models.Field[Any, Any]) -> Adapt:
    """How this database wants the field's values; most go as they are."""
    if isinstance(field, models.DateTimeField):
        # Many rows have the same moment.
        return cache(connection.ops.adapt_datetimefield_value)
    if isinstance(field, models.JSONField):
        return _json_adapter(field)
    return _as_it_is


def _json_adapter(field: models.JSONField) -> Adapt:
    """Most rows hold an empty list or dictionary, which is made once."""
    adapt = partial(connection.ops.adapt_json_value, encoder=field.encoder)
    empty = {kind: adapt(kind()) for kind in (dict, list)}
    return lambda value: adapt(value) if value or type(value) not in empty else empty[type(value)]


def _as_it_is(value: Any) -> Any:
    return value
