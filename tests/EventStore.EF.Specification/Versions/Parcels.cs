using System.Text.Json.Nodes;

namespace EventStore.EF.Specification;

// One event in three versions: the first is read by its JSON, the second is a type, the third is today's.
/// <summary>An event of the suites in its second version.</summary>
[Event("specification-parcel-sent", Version = 2)]
public sealed record ParcelSentV2(string To);

/// <summary>An event of the suites in its newest version.</summary>
[Event("specification-parcel-sent", Version = 3)]
public sealed record ParcelSent(string To, int Weight);

/// <summary>An event of the past that is several today.</summary>
[Event("specification-parcels-sent")]
public sealed record ParcelsSent(IReadOnlyList<string> To);

/// <summary>Reads the first version.</summary>
[JsonUpcaster("specification-parcel-sent", 1)]
public sealed class FirstParcelUpcaster : IJsonUpcaster
{
    /// <inheritdoc/>
    public JsonObject? Upcast(JsonObject @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        return new() { ["to"] = @event["address"]?.DeepClone() };
    }
}

/// <summary>Reads the second version, and splits what was sent together.</summary>
public sealed class ParcelUpcaster : IUpcaster<ParcelSentV2, ParcelSent>, ISplittingUpcaster<ParcelsSent>
{
    /// <inheritdoc/>
    public ParcelSent Upcast(ParcelSentV2 @event) => new(@event?.To ?? "", 1);

    /// <inheritdoc/>
    public IEnumerable<object> Upcast(ParcelsSent @event) => @event?.To.Select(to => new ParcelSentV2(to)) ?? [];
}

/// <summary>A state of the suites made of parcels.</summary>
[State("specification-parcels")]
public sealed record Parcels
{
    /// <summary>Where they were sent.</summary>
    public string To { get; private init; } = "";

    private Parcels Apply(ParcelSent e) => this with { To = To + e.To };
}
