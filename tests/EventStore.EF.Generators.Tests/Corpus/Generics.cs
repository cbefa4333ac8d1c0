namespace EventStore.EF.Generators.Tests.Corpus;

public abstract record Changed<T>(Guid Id, T Old, T New);

public abstract class Aggregate<TKey, TValue>
    where TKey : notnull
{
    public TKey Key { get; init; } = default!;

    public Dictionary<string, TValue> Values { get; init; } = [];

    [System.Text.Json.Serialization.JsonInclude]
    public TValue? Latest { get; protected set; }

    public required TKey Must { get; init; }
}

public record Result<T>
{
    public T? Value { get; init; }

    public string? Error { get; init; }

    public bool IsOk => Error is null;
}

public readonly record struct Range<T>(T From, T To)
    where T : struct, IComparable<T>;

public sealed class Page<T>(IReadOnlyList<T> items, int total)
{
    public IReadOnlyList<T> Items { get; } = items;

    public int Total { get; } = total;
}

[Event]
public sealed record PriceChanged(Guid Id, decimal Old, decimal New) : Changed<decimal>(Id, Old, New);

[Event]
public sealed record NameChanged(Guid Id, string Old, string New, string? Why = null) : Changed<string>(Id, Old, New);

[Event]
public sealed record AddressChanged(Guid Id, Address Old, Address New) : Changed<Address>(Id, Old, New);

[Event]
public sealed class Counted : Aggregate<Guid, int>;

[Event]
public sealed class Nested : Aggregate<string, Result<List<int>>>
{
    public int Own { get; set; }
}

[Event]
public sealed record Results(Result<int> Number, Result<string> Text, Result<Result<Line>> Twice);

[Event]
public sealed record Ranges(Range<int> Numbers, Range<DateOnly> Dates, Range<decimal>? Optional);

[Event]
public sealed record PagesRead(Page<Line> Lines, Page<Page<int>>? Pages);

[Event]
public sealed record GenericMaps(Dictionary<string, Envelope<int>> A, List<Envelope<Weekday>> B, Envelope<Dictionary<Guid, int?>> C);
