namespace EventStore.EF.Generators.Tests.Corpus;

[Event] public sealed record OfBoolean(bool Value, bool? Optional = null);
[Event] public sealed record OfByte(byte Value, byte? Optional = 1);
[Event] public sealed record OfSByte(sbyte Value, sbyte? Optional = -1);
[Event] public sealed record OfShort(short Value, short? Optional = null);
[Event] public sealed record OfUShort(ushort Value, ushort? Optional = null);
[Event] public sealed record OfInt(int Value, int? Optional = int.MinValue);
[Event] public sealed record OfUInt(uint Value, uint? Optional = uint.MaxValue);
[Event] public sealed record OfLong(long Value, long? Optional = null);
[Event] public sealed record OfULong(ulong Value, ulong? Optional = null);
[Event] public sealed record OfFloat(float Value, float? Optional = float.MaxValue);
[Event] public sealed record OfDouble(double Value, double? Optional = double.Epsilon);
[Event] public sealed record OfDecimal(decimal Value, decimal? Optional = 1.10m);
[Event] public sealed record OfChar(char Value, char? Optional = 'ä');
[Event] public sealed record OfString(string Value, string? Optional = "\ud83d\ude00");
[Event] public sealed record OfGuid(Guid Value, Guid? Optional = null);
[Event] public sealed record OfDateTime(DateTime Value, DateTime? Optional = null);
[Event] public sealed record OfDateTimeOffset(DateTimeOffset Value, DateTimeOffset? Optional = null);
[Event] public sealed record OfDateOnly(DateOnly Value, DateOnly? Optional = null);
[Event] public sealed record OfTimeOnly(TimeOnly Value, TimeOnly? Optional = null);
[Event] public sealed record OfTimeSpan(TimeSpan Value, TimeSpan? Optional = null);
[Event] public sealed record OfUri(Uri Value, Uri? Optional = null);
[Event] public sealed record OfBytes(byte[] Value, byte[]? Optional = null);
[Event] public sealed record OfEnum(Weekday Value, Weekday? Optional = Weekday.Sunday);
[Event] public sealed record OfNamedEnum(Mood Value, Mood? Optional = Mood.Sad);

[Event]
public sealed class Settable
{
    public bool Flag { get; set; }

    public int Number { get; set; }

    public decimal Amount { get; set; }

    public string? Text { get; set; }

    public Guid Id { get; set; }

    public DateTime At { get; set; }

    public Weekday Day { get; set; }

    public int? Optional { get; set; }
}
