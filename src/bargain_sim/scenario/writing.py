"""Writing a value as `scenario.reading` reads it: `no`, `010` and `1e3` are texts only in quotes."""

from __future__ import annotations

from typing import Any, Final

import yaml

from bargain_sim.scenario.scalars import read_scalar

__all__ = ["written"]

_LARGEST: Final = 10**15  # from here on the reader takes no whole number without a point


class _Dumper(yaml.SafeDumper):
    """As PyYAML writes, but for what is read otherwise than it believes."""

    def ignore_aliases(self, data: Any) -> bool:
        return True  # `&` and `*` mean nothing in a single value


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    plain = read_scalar(value, (True, False)) == value and value.isprintable()
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')


def _whole(dumper: yaml.SafeDumper, value: int) -> yaml.ScalarNode:
    return dumper.represent_int(value) if abs(value) < _LARGEST else dumper.represent_float(float(value))


_Dumper.add_representer(str, _text)
_Dumper.add_representer(int, _whole)


def written(value: Any) -> str:
    """A value on one line, such as `0.5`, `"no"` or `{value: 0.5, source: assumption}`."""
    text = yaml.dump(
        value,
        Dumper=_Dumper,
        default_flow_style=True,
        allow_unicode=True,
        sort_keys=False,
        width=float("inf"),
    )
    # PyYAML ends the document after a scalar that stands alone.
    return text.removesuffix("\n").removesuffix("\n...")
