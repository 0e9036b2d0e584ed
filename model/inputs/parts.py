"""What a file may state for a kind: its own numbers, those of its clauses, and their words; lists of many kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Union

from pydantic import BaseModel, Field, GetJsonSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from model.clauses import clauses_of, words_of
from model.inputs.values import asked
from model.sheet import Block


class Kinds(Mapping[str, Any]):
    """Models of the elements of a list, told apart by the word of one key.

    Each is made when it is first asked for: there are many, and a case uses few.
    """

    def __init__(self, key: str, words: Iterable[str], make: Callable[[str], type[BaseModel]]) -> None:
        self.key, self.words, self.make = key, tuple(words), cache(make)

    def __getitem__(self, word: str) -> type[BaseModel]:
        if word not in self.words:
            raise KeyError(word)
        return self.make(word)

    def __contains__(self, word: object) -> bool:
        return word in self.words

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __len__(self) -> int:
        return len(self.words)

    def read(self, told: Any) -> BaseModel:
        """An element as its kind has it."""
        if not isinstance(told, dict):
            raise PydanticKnownError("model_attributes_type")
        word = told.get(self.key)
        if word not in self.words:
            raise PydanticKnownError("union_tag_invalid", {
                "discriminator": self.key, "tag": str(word), "expected_tags": ", ".join(self.words)})
        return self[word].model_validate(told)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Editors are told all of them."""
        # a union of types known at run time only cannot be written with |
        every: Any = Annotated[Union[tuple(self.values())], Field(discriminator=self.key)]  # noqa: UP007
        return handler(TypeAdapter(every).core_schema)


def fields_of(kind: type[Block], words: Mapping[str, Any]) -> dict[str, Any]:
    """Every term that a kind may have. What only a clause needs is asked for where the clause is stated, not before."""
    *clauses, own = clauses_of(kind)
    numbers = {name: told for part in clauses for name, told in asked(part, required=False).items()} | asked(own)
    stated = dict.fromkeys(name for part in (*clauses, own) for name in words_of(part) if name in words)
    return {**numbers, **{name: words[name] for name in stated}}


def terms_of(file: Any) -> set[str]:
    """The terms that a case file says of a thing."""
    return {name for name in file.model_fields_set if getattr(file, name) not in (None, [])}
