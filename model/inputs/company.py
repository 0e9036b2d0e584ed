"""What company.yaml says of the company's own money; the numbers come from the declarations of its blocks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, create_model

from model.company import Capex, Deposit, Liquidity, LoanTests, OtherBusiness, Overhead, Premises, PutRight, Tax, Treasury
from model.inputs.values import Flow, Number, Slug, Strict, Text, Told, asked


class Stream(Strict):
    """Amounts on dates, and amounts by calendar year, which are spread evenly over the months after the as-of date."""

    flows: list[Flow] = []
    by_year: dict[int, Number] = {}


class CrossDefaultFile(Told):
    """The month in which one default makes all debt fall due at once."""

    date: date


class EventsFile(Strict):
    """Events that the case assumes."""

    cross_default: CrossDefaultFile | None = None


if TYPE_CHECKING:  # made from declarations, so that their fields are known at run time only
    LiquidityFile = Any
    BusinessFile = Any
    OverheadFile = Any
    PremisesFile = Any
    TaxFile = Any
    CapexFile = Any
    DepositFile = Any
    PutFile = Any
    LoanTestsFile = Any
else:
    def _file(called: str, *blocks: Any, **more: Any) -> Any:
        """A part of the file: what its blocks ask for, and what only dates and words say."""
        numbers = {key: told for block in blocks for key, told in asked(block).items()}
        return create_model(called, __base__=Strict, __doc__=blocks[0].__doc__, **numbers, **more)

    LiquidityFile = _file("LiquidityFile", Treasury, Liquidity, receipts=(list[Flow], []), payments=(list[Flow], []))
    BusinessFile = _file("BusinessFile", OtherBusiness, plan=(Stream, Stream()))
    OverheadFile = _file("OverheadFile", Overhead)
    PremisesFile = _file("PremisesFile", Premises, rent=(Stream, Stream()), signed=(Stream, Stream()), power=(Stream, Stream()))
    TaxFile = _file("TaxFile", Tax, plan=(Stream, Stream()))
    CapexFile = _file("CapexFile", Capex, name=(Text, ...), loan=(Slug | None, None), advance=(Number | None, None),
                      plan=(Stream, ...))
    DepositFile = _file("DepositFile", Deposit)
    PutFile = _file("PutFile", PutRight, share_prices=(Text, ...))
    LoanTestsFile = _file("LoanTestsFile", LoanTests, first_test=(date, ...), last_test=(date | None, None),
                          every=(Annotated[int, Field(ge=1, le=12)], 3), history=(list[Flow], []))


class Corporate(Strict):
    """The part of company.yaml that the company's cash is made of."""

    name: Text | None = None
    liquidity: LiquidityFile | None = None
    business: BusinessFile | None = None
    overhead: OverheadFile | None = None
    premises: PremisesFile | None = None
    tax: TaxFile | None = None
    capex: list[CapexFile] = []
    deposit: DepositFile | None = None
    put: PutFile | None = None
    loan_tests: LoanTestsFile | None = None
    events: EventsFile = EventsFile()
