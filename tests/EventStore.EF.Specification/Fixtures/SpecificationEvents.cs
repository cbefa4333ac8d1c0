using MemoryPack;

namespace EventStore.EF.Specification;

/// <summary>An event of the suites, told from its neighbours by a number.</summary>
[Event("specification-numbered")]
public sealed record Numbered(int Number);

/// <summary>An event of the suites with text.</summary>
[Event("specification-noted")]
public sealed record Noted(string Text);

/// <summary>An event of the suites without members, once stored under another name.</summary>
[Event("specification-ticked", Aliases = ["specification-ticked-formerly"])]
public sealed record Ticked;

/// <summary>An event of the suites with numbers.</summary>
[Event("specification-measured")]
public sealed record Measured(double Real, float Small, decimal Money, long Balance, ulong Total);

/// <summary>An event of the suites with values in values.</summary>
[Event("specification-shipped")]
public sealed record Shipped(
    Guid Id, DateTimeOffset At, TimeSpan Took, Carrier? Carrier, Address? Address, IReadOnlyList<Parcel> Parcels, Dictionary<string, int?> Counts, string? Note, byte[] Seal);

/// <summary>A part of <see cref="Shipped"/>.</summary>
public sealed record Address(string Street, string? Town);

/// <summary>A part of <see cref="Shipped"/>.</summary>
public sealed record Parcel(string Content, Address? To);

/// <summary>A part of <see cref="Shipped"/>.</summary>
public enum Carrier
{
    Road,
    Rail,
}

/// <summary>An event of the suites that may hold another of its kind.</summary>
[Event("specification-nested")]
public sealed record Nested(string Text, Nested? Inner);

/// <summary>An event of the suites that is written by a binary serializer where a test says so.</summary>
[Event("specification-packed")]
[MemoryPackable]
public sealed partial record Packed(int Number, string Text);

/// <summary>An event of the suites whose stored name is as long as one may be.</summary>
[Event(LongestName.Text)]
public sealed record NamedAtLength(int Number);

/// <summary>200 characters of several alphabets, and each of the signs that are allowed.</summary>
public static class LongestName
{
    /// <summary>The name.</summary>
    public const string Text = Forty + Forty + Forty + Forty + Forty;

    private const string Forty = "longest.Name_of-events:漢字ßαβγδεжзи012345";
}

/// <summary>Somebody's type that is no event.</summary>
public sealed record NotAnEvent(string Text);
