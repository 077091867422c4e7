"""IEEE 754 arithmetic on bit patterns in exact rational arithmetic, with the four roundings of PTX."""
from fractions import Fraction
from math import isqrt


class Format:
    def __init__(self, bits, precision, emax):
        self.bits, self.precision, self.emax, self.emin = bits, precision, emax, 1 - emax
        self.fraction_bits = precision - 1
        self.sign_bit = 1 << (bits - 1)
        self.infinity = ((1 << (bits - precision)) - 1) << self.fraction_bits
        self.nan = self.infinity | (1 << (self.fraction_bits - 1))
        self.one = emax << self.fraction_bits

    def is_nan(self, x):
        return (x & ~self.sign_bit) > self.infinity

    def is_infinite(self, x):
        return (x & ~self.sign_bit) == self.infinity

    def is_zero(self, x):
        return (x & ~self.sign_bit) == 0

    def is_subnormal(self, x):
        return 0 < (x & ~self.sign_bit) < (1 << self.fraction_bits)

    def negative(self, x):
        return bool(x & self.sign_bit)

    def value(self, x):
        """The exact value of a finite number."""
        exponent = (x & ~self.sign_bit) >> self.fraction_bits
        mantissa = x & ((1 << self.fraction_bits) - 1)
        if exponent:
            mantissa |= 1 << self.fraction_bits
        else:
            exponent = 1
        result = Fraction(mantissa) * Fraction(2) ** (exponent - self.emax - self.fraction_bits)
        return -result if self.negative(x) else result

    def zero(self, negative):
        return self.sign_bit if negative else 0

    def inf(self, negative):
        return self.infinity | self.zero(negative)

    def round(self, x, mode):
        """The bit pattern of an exact value other than zero, rounded."""
        negative, x = x < 0, abs(x)
        e = x.numerator.bit_length() - x.denominator.bit_length()
        if Fraction(2) ** e > x:
            e -= 1
        e = max(e, self.emin)
        quantum = Fraction(2) ** (e - self.fraction_bits)
        scaled = x / quantum
        n = scaled.numerator // scaled.denominator
        rest = scaled - n
        up = {"rn": rest > Fraction(1, 2) or rest == Fraction(1, 2) and n % 2 == 1, "rz": False,
              "rm": negative and rest > 0, "rp": not negative and rest > 0}[mode]
        n += up
        if n == 1 << self.precision:
            n, e = n >> 1, e + 1
        if e > self.emax:
            away = mode == "rn" or mode == "rm" and negative or mode == "rp" and not negative
            return self.inf(negative) if away else self.inf(negative) - 1
        if n < 1 << self.fraction_bits:
            return self.zero(negative) | n
        return self.zero(negative) | ((e + self.emax) << self.fraction_bits) | (n - (1 << self.fraction_bits))

    def flush(self, x):
        return x & self.sign_bit if self.is_subnormal(x) else x

    def saturate(self, x):
        if self.is_nan(x) or self.negative(x):
            return 0
        return min(x, self.one)

    def fma(self, a, b, c, mode):
        if self.is_nan(a) or self.is_nan(b) or self.is_nan(c):
            return self.nan
        sign = self.negative(a) != self.negative(b)
        if self.is_infinite(a) or self.is_infinite(b):
            if self.is_zero(a) or self.is_zero(b) or self.is_infinite(c) and self.negative(c) != sign:
                return self.nan
            return self.inf(sign)
        if self.is_infinite(c):
            return c
        return self._sum(self.value(a) * self.value(b), sign, c, mode)

    def _sum(self, x, x_negative, c, mode):
        total = x + self.value(c)
        if total:
            return self.round(total, mode)
        if x == 0 and x_negative == self.negative(c):
            return c
        return self.zero(mode == "rm")

    def add(self, a, b, mode):
        return self.fma(a, self.one, b, mode)

    def sub(self, a, b, mode):
        return self.add(a, b ^ self.sign_bit, mode) if not self.is_nan(b) else self.nan

    def mul(self, a, b, mode):
        # Adding a zero of the product's sign keeps the sign of a product that is zero.
        return self.fma(a, b, self.zero(self.negative(a) != self.negative(b)), mode)

    def div(self, a, b, mode):
        if self.is_nan(a) or self.is_nan(b):
            return self.nan
        sign = self.negative(a) != self.negative(b)
        if self.is_infinite(a) and self.is_infinite(b) or self.is_zero(a) and self.is_zero(b):
            return self.nan
        if self.is_infinite(a) or self.is_zero(b):
            return self.inf(sign)
        if self.is_zero(a) or self.is_infinite(b):
            return self.zero(sign)
        return self.round(self.value(a) / self.value(b), mode)

    def sqrt(self, a, mode):
        if self.is_nan(a) or self.negative(a) and not self.is_zero(a):
            return self.nan
        if self.is_zero(a) or self.is_infinite(a):
            return a
        return self.round(root(self.value(a)), mode)

    def compare(self, a, b):
        """-1, 0 or 1; None when one is NaN."""
        if self.is_nan(a) or self.is_nan(b):
            return None
        x, y = self.ordered(a), self.ordered(b)
        return (x > y) - (x < y)

    def ordered(self, x):
        """A number that orders finite and infinite values; both zeros are 0."""
        magnitude = x & ~self.sign_bit
        return -magnitude if self.negative(x) else magnitude

    def minimum(self, a, b, nan, largest=False):
        if self.is_nan(a) or self.is_nan(b):
            return self.nan if nan or self.is_nan(a) and self.is_nan(b) else b if self.is_nan(a) else a
        key = lambda x: (self.ordered(x), not self.negative(x))
        return (max if largest else min)(a, b, key=key)


def root(x):
    """The square root of a fraction, exact or with a last bit that says it is not."""
    shift = 600
    scaled = (x.numerator << (2 * shift)) // x.denominator
    r = isqrt(scaled)
    exact = r * r == scaled and (x.numerator << (2 * shift)) % x.denominator == 0
    return Fraction(2 * r + (0 if exact else 1), 2 << shift)


F16 = Format(16, 11, 15)
BF16 = Format(16, 8, 127)
F32 = Format(32, 24, 127)
F64 = Format(64, 53, 1023)


def convert(x, source, target, mode):
    """From one format to another."""
    if source.is_nan(x):
        return target.nan
    if source.is_infinite(x):
        return target.inf(source.negative(x))
    if source.is_zero(x):
        return target.zero(source.negative(x))
    return target.round(source.value(x), mode)


def to_integral(x, mode):
    """A fraction as an integer; mode rni, rzi, rmi or rpi."""
    floor = x.numerator // x.denominator
    rest = x - floor
    if mode == "rmi":
        return floor
    if mode == "rpi":
        return floor + (rest > 0)
    if mode == "rzi":
        return floor + (x < 0 and rest > 0)
    return floor + (rest > Fraction(1, 2) or rest == Fraction(1, 2) and floor % 2 == 1)
