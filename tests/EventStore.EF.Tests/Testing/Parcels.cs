namespace EventStore.EF.Tests.Testing;

[Event("tested-sent")]
public sealed record Sent(string To);

[Event("tested-weighed", Version = 1)]
public sealed record WeighedV1(int Pounds);

[Event("tested-weighed", Version = 2)]
public sealed record Weighed(decimal Kilograms);

[Event("tested-packed", HasOwnSerializer = true)]
public sealed record Packed(object Content);

public sealed class WeighedUpcaster : IUpcaster<WeighedV1, Weighed>
{
    public Weighed Upcast(WeighedV1 from) => new(from.Pounds * 0.5m);
}

/// <summary>A state that an event begins.</summary>
[State("tested-parcel")]
public sealed record Parcel(string To, decimal Weight)
{
    private static Parcel Create(Sent e) => new(e.To, 0);

    private Parcel Apply(Weighed e) => this with { Weight = e.Kilograms };
}

/// <summary>A state that begins with nothing, and takes events as they are stored.</summary>
[State("tested-log")]
public sealed class ParcelLog
{
    public List<string> Lines { get; } = [];

    private void Apply(Sent e, RecordedEvent recorded)
        => Lines.Add($"{recorded.StreamName} {recorded.StreamVersion} {recorded.CreatedAt.Year} {recorded.Metadata.GetValueOrDefault("by")}");
}
