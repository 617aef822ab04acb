from bot.bench.load import measure_load
from bot.bench.turns import Versions


def test_every_slot_is_free_again_though_pieces_are_given_up():
    leaked, *memory, _ = measure_load(Versions(), pieces=20, slots=3).figures
    assert leaked.now == (0.0,)
    assert "4 of them given up, 3 slots" in leaked.name
    assert all(figure.now[0] > 10 for figure in memory)
