"""From company.yaml to the blocks of the company: what is given is wired, what is not given has no rows."""

from model.parent.group import Group
from model.parent.parent import Parent

__all__ = ["Group", "Parent"]
