"""How kernels are compiled, and the few operations that Python and machine code spell differently.

`kernel` releases the interpreter lock: for the writer thread's work, which is long. `inline_kernel` keeps it:
for reads of a few microseconds on the event loop, where giving the lock up costs more than the work (a thread
that re-enters Python waits up to the switch interval). Both cache machine code beside the source.

Kernels allocate nothing, and are compiled without numba's reference counting (`_nrt`): with it, each call
from one kernel to another counts every array of every tuple it passes up and down, atomically. Reading a page
of a home timeline took 92 us with the counting and takes 5 us without. An attempt to allocate is refused
when the kernel is compiled. For the same reason, arrays that are used together are columns of one array:
handing an array over from Python costs 0.3 us.

With NUMBA_DISABLE_JIT=1 every kernel is plain Python, and the tests run once more that way.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

P = ParamSpec("P")
T = TypeVar("T")

JIT_DISABLED = bool(numba.config.DISABLE_JIT)


def kernel(function: Callable[P, T]) -> Callable[P, T]:
    return cast("Callable[P, T]", numba.njit(cache=True, nogil=True, _nrt=False)(function))


def inline_kernel(function: Callable[P, T]) -> Callable[P, T]:
    return cast("Callable[P, T]", numba.njit(cache=True, _nrt=False)(function))


if JIT_DISABLED:

    def fence() -> None:
        """Python runs in order by itself."""

    def load(array: Any, index: int) -> int:
        """`array[index]` as it is in memory now."""
        return int(array[index])

    def load2(array: Any, row: int, column: int) -> int:
        """`array[row, column]` as it is in memory now."""
        return int(array[row, column])

    def prefetch(array: Any, index: int) -> None:
        """Plain Python has no cache to fill."""

    def lowest_one(word: int) -> int:
        """The number of the lowest bit of a positive word that is set."""
        return (int(word) & -int(word)).bit_length() - 1

    def highest_one(word: int) -> int:
        """The number of the highest bit of a positive word that is set."""
        return int(word).bit_length() - 1

    def mix(key: int) -> int:
        """A 62-bit hash of an id: the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""
        value = int(key) & 0xFFFFFFFFFFFFFFFF
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        return (value ^ (value >> 31)) >> 2

else:

    @intrinsic
    def fence(typing_context: Any) -> Any:
        """Keeps reads with later reads, and writes with later writes, in order. Free on x86, where the
        machine does so by itself and only the compiler has to be told."""
        del typing_context

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            del signature, arguments
            builder.fence("acq_rel")
            return context.get_dummy_value()

        return types.void(), generate

    def _atomic_load(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array_type, *index_types = signature.args
        fields = context.make_array(array_type)(context, builder, arguments[0])
        indices = [
            context.cast(builder, argument, kind, types.intp)
            for argument, kind in zip(arguments[1:], index_types, strict=True)
        ]
        pointer = cgutils.get_item_pointer(context, builder, array_type, fields, indices)
        return builder.load_atomic(pointer, "acquire", array_type.dtype.bitwidth // 8)

    @intrinsic
    def load(typing_context: Any, array: Any, index: Any) -> Any:
        """`array[index]` as it is in memory now: the compiler may not reuse an earlier read."""
        del typing_context
        return array.dtype(array, index), _atomic_load

    @intrinsic
    def load2(typing_context: Any, array: Any, row: Any, column: Any) -> Any:
        """`array[row, column]` as it is in memory now."""
        del typing_context
        return array.dtype(array, row, column), _atomic_load

    @intrinsic
    def prefetch(typing_context: Any, array: Any, index: Any) -> Any:
        """Ask for the cache line of `array[index]`, and go on. An index beyond the array does no harm."""
        del typing_context

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array_type = signature.args[0]
            fields = context.make_array(array_type)(context, builder, arguments[0])
            place = context.cast(builder, arguments[1], signature.args[1], types.intp)
            pointer = cgutils.get_item_pointer(context, builder, array_type, fields, [place])
            line = builder.bitcast(pointer, cgutils.voidptr_t)
            number = ir.IntType(32)
            kind = ir.FunctionType(ir.VoidType(), [line.type, number, number, number])
            function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
            builder.call(function, [line, number(0), number(3), number(1)])
            return context.get_dummy_value()

        return types.void(array, index), generate

    @intrinsic
    def lowest_one(typing_context: Any, word: Any) -> Any:
        """The number of the lowest bit of a positive word that is set: one instruction."""
        del typing_context

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            wide = context.cast(builder, arguments[0], signature.args[0], types.int64)
            return builder.cttz(wide, cgutils.false_bit)

        return types.int64(word), generate

    @intrinsic
    def highest_one(typing_context: Any, word: Any) -> Any:
        """The number of the highest bit of a positive word that is set."""
        del typing_context

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            wide = context.cast(builder, arguments[0], signature.args[0], types.int64)
            zeros = builder.ctlz(wide, cgutils.false_bit)
            return builder.sub(context.get_constant(types.int64, 63), zeros)

        return types.int64(word), generate

    @kernel
    def mix(key: int) -> int:
        """A 62-bit hash of an id: the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""
        value = np.uint64(key)
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.int64((value ^ (value >> np.uint64(31))) >> np.uint64(2))
