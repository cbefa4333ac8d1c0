namespace EventStore.EF.Faults;

/// <summary>An event of every kind of value.</summary>
[Event("fuzzed")]
internal sealed record Fuzzed(
    string Text, string? Optional, long Number, double Real, decimal Money, Guid Id, DateTimeOffset At, IReadOnlyList<string> Items,
    IReadOnlyDictionary<string, long> Map, byte[] Bytes, FuzzedPart? Part);

/// <summary>A part of it.</summary>
internal sealed record FuzzedPart(string Name, bool Flag, DayOfWeek Day);
