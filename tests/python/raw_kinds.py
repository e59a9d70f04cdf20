"""Kinds of arguments of the raw layer: one that is good, and many that are not."""

import numpy as np


class Lying:
    """A sequence that is not as long as it says."""

    def __len__(self):
        return 1 << 40

    def __getitem__(self, index):
        raise IndexError(index)


class Raising:
    def __float__(self):
        raise RuntimeError("no")

    def __index__(self):
        raise RuntimeError("no")

    def __len__(self):
        raise RuntimeError("no")


def misaligned(values):
    raw = bytearray(values.nbytes + 1)
    view = np.frombuffer(raw, dtype=np.uint8)[1:].view(values.dtype)
    view[:] = values
    return view


def strided(values):
    wide = np.zeros(2 * len(values), dtype=values.dtype)
    wide[::2] = values
    return wide[::2]


NOT_COLUMNS = ["text", b"bytes", 5, 2.5, True, [1, 2], [[1], [2]], (1.0,), {"a": 1}, object(), Lying(), Raising(), range(4)]


class Column:
    """An input column."""

    def __init__(self, values, dtype, optional=False):
        self.good, self.optional = np.array(values, dtype=dtype), optional

    def bad(self):
        good = self.good
        yield from NOT_COLUMNS
        yield np.array(good.tolist(), dtype=object)
        others = [
            np.int8,
            np.int16,
            np.int32,
            np.int64,
            np.uint64,
            np.float16,
            np.float32,
            np.float64,
            np.complex128,
            ">i8",
            ">f8",
            "M8[s]",
            "m8[s]",
            "U3",
        ]
        if good.dtype != np.uint8:
            others += [np.bool_, np.uint8]
        for dtype in others:
            if np.dtype(dtype) != good.dtype:
                yield np.zeros(len(good), dtype=dtype)
        yield good.reshape(2, -1) if len(good) % 2 == 0 else good.reshape(1, -1)
        yield good[0:1].reshape(())
        yield np.zeros(len(good), dtype=[("x", good.dtype)])
        if good.itemsize > 1:
            yield misaligned(good)
        if len(good) > 1:
            yield strided(good)
            yield good[::-1]
        if not self.optional:
            yield None


class Out:
    """An output column."""

    def __init__(self, rows, dtype=np.float64, upper_bound=False):
        self.rows, self.dtype, self.upper_bound = rows, np.dtype(dtype), upper_bound

    @property
    def good(self):
        return np.zeros(self.rows, dtype=self.dtype)

    def bad(self):
        yield from NOT_COLUMNS
        for dtype in (np.int32, np.uint64, np.float32, ">i8", ">f8", "U3", object):
            yield np.zeros(self.rows, dtype=dtype)
        yield np.zeros(self.rows, dtype=np.int64 if self.dtype != np.int64 else np.float64)
        locked = self.good
        locked.flags.writeable = False
        yield locked
        yield bytes(self.good)
        yield self.good.reshape(1, -1)
        if self.dtype.itemsize > 1:
            yield misaligned(self.good)
        if self.rows > 1:
            yield strided(self.good)
        if not self.upper_bound:
            yield np.zeros(self.rows + 1, dtype=self.dtype)
            yield np.zeros(self.rows - 1, dtype=self.dtype)
            yield np.zeros(0, dtype=self.dtype)


class Whole:
    def __init__(self, good):
        self.good = good

    def bad(self):
        yield from [
            1.5,
            float("nan"),
            "1",
            b"1",
            None,
            True,
            False,
            [1],
            np.array([1, 2]),
            1j,
            2**63,
            -(2**63) - 1,
            10**400,
            object(),
            Raising(),
        ]


class Number(Whole):
    """A number of periods."""

    def bad(self):
        yield from super().bad()
        yield from [-1, -(2**63)]


class Small(Whole):
    """A C int."""

    def bad(self):
        yield from super().bad()
        yield from [2**31, -(2**31) - 1]


class Seed(Whole):
    def bad(self):
        yield from [1.5, "1", None, True, [1], 2**64, -1, object(), Raising()]


class Real:
    def __init__(self, good):
        self.good = good

    def bad(self):
        yield from ["1", b"1", None, True, False, [1.0], np.array([1.0, 2.0]), 1j, 10**400, object(), Raising()]


class Context:
    good = None

    def bad(self):
        yield from [5, "x", (), ("1",), (1, 5), (1, None, -1), (1, None, "x"), (1, None, None, None), (2**40,), [1], object()]
