import pytest

from shotwright.errors import InvalidInput
from shotwright.testing.emulators.faults import BEFORE, JOB, Faults, parse_faults


def test_the_language() -> None:
    found = parse_faults("429@submit%10, 429=2@check*3,drop-after, fail=policy")
    assert [(fault.kind, fault.value, fault.where, fault.left, fault.chance) for fault in found] == [
        ("429", "", "submit", None, 0.1),
        ("429", "2", "check", 3, 1.0),
        ("drop-after", "", "submit", None, 1.0),
        ("fail", "policy", "submit", None, 1.0),
    ]
    assert parse_faults(" , ") == ()


@pytest.mark.parametrize("text", ["500", "drop@lunch", "429=soon", "drop*", "drop%x", "slow=", "drop;drop", "="])
def test_what_is_no_fault(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_faults(text)
    assert caught.value.field == "faults"


def test_faults_strike_where_and_as_often_as_said() -> None:
    faults = Faults("drop@submit*2,fail=policy*1")
    assert faults.draw("check", BEFORE) is None
    assert [bool(faults.draw("submit", BEFORE)) for _ in range(4)] == [True, True, False, False]
    assert [bool(faults.draw("submit", JOB)) for _ in range(2)] == [True, False]
    assert faults.drawn == {"drop@submit": 2, "fail@submit": 1}


def test_the_same_seed_strikes_the_same_calls() -> None:
    def strikes(seed: int) -> list[bool]:
        faults = Faults("429%30", seed)
        return [bool(faults.draw("submit", BEFORE)) for _ in range(200)]

    assert strikes(7) == strikes(7) != strikes(8)
    assert 30 < sum(strikes(7)) < 90


def test_wrong_faults_leave_the_old_ones() -> None:
    faults = Faults("drop")
    with pytest.raises(InvalidInput):
        faults.set("nonsense")
    assert faults.text == "drop"
    assert faults.draw("submit", BEFORE)
