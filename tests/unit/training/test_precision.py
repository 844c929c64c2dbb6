import pytest

from explorer.training.precision import fast_bfloat16


@pytest.mark.parametrize(
    ("flags", "expected"),
    [("fpu avx2 fma", False), ("fpu avx512f avx512_bf16", False), ("amx_tile amx_bf16", True), ("avx512_bf16x", False)],
)
def test_bfloat16_is_used_only_where_the_processor_has_units_for_it(tmp_path, flags, expected):
    path = tmp_path / "cpuinfo"
    path.write_text(f"processor\t: 0\nmodel name\t: avx512_bf16\nflags\t\t: {flags}\n")
    assert fast_bfloat16(path) is expected


def test_a_system_that_does_not_say_gets_float32(tmp_path):
    assert fast_bfloat16(tmp_path / "absent") is False
