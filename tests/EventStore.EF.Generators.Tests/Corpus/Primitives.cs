namespace EventStore.EF.Generators.Tests.Corpus;

[Event]
public sealed record OrderPlaced(Guid OrderId, string Customer, decimal Amount);

[Event]
public sealed record Numbers(
    byte Byte, sbyte SByte, short Short, ushort UShort, int Int, uint UInt, long Long, ulong ULong,
    float Float, double Double, decimal Decimal, Half Half, Int128 Int128, UInt128 UInt128);

[Event]
public sealed record Texts(bool Flag, char Letter, string Text, Guid Id, Uri Link, Version Version, byte[] Bytes);

[Event]
public sealed record Times(DateTime DateTime, DateTimeOffset Offset, DateOnly Date, TimeOnly Time, TimeSpan Duration);

[Event]
public sealed record NullableValues(
    int? Int, decimal? Decimal, Guid? Id, DateTime? At, DateOnly? Date, TimeSpan? Duration, bool? Flag, char? Letter, Weekday? Day, Point? Point);

[Event]
public sealed record NullableReferences(string? Text, Uri? Link, byte[]? Bytes, Address? Address, List<string?>? Lines);

[Event]
public sealed record Enums(Weekday Day, Tiny Tiny, SignedTiny Signed, Small Small, SignedSmall SignedSmall, Wide Wide, Huge Huge, UnsignedInt Unsigned);

[Event]
internal sealed record Internal(int Value, InternalDetail Detail);

internal sealed record InternalDetail(string Text);

public enum Weekday
{
    Monday,
    Tuesday,
    Sunday = 6,
}

public enum Tiny : byte
{
    None,
    Max = 255,
}

public enum SignedTiny : sbyte
{
    None,
    Min = -128,
}

public enum Small : ushort
{
    None,
    Max = ushort.MaxValue,
}

public enum SignedSmall : short
{
    None,
    Min = short.MinValue,
}

public enum UnsignedInt : uint
{
    None,
    Max = uint.MaxValue,
}

public enum Wide : long
{
    None,
    Min = long.MinValue,
}

public enum Huge : ulong
{
    None,
    Max = ulong.MaxValue,
}
