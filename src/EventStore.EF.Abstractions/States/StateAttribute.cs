namespace EventStore.EF;

/// <summary>
/// Marks a record or class that is folded from a stream's events: static <c>Create(TEvent)</c> methods begin it, and <c>Apply(TEvent)</c>
/// methods apply further events. Each returns the state, or nothing in a class that changes itself. Either may take the event's
/// <see cref="RecordedEvent"/> as a second parameter, for its time, ids and metadata. The generator writes the fold without reflection; the
/// methods may be private.
/// </summary>
/// <remarks>
/// Without <c>Create</c> methods, a state begins with its parameterless constructor. An event goes to the method for its most derived type;
/// events without a method are passed over. Folding sees the newest version of each event. It must depend only on the events, as they are
/// stored. Of events that an update is about to append, position and time are not known yet: <c>UpdateAsync</c> first tries the fold with
/// the position 0 and the time of this process, and then loads the state that it returns.
/// </remarks>
/// <example><code>
/// [State]
/// public sealed record Order(Guid Id, decimal Paid)
/// {
///     private static Order Create(OrderPlaced e) => new(e.OrderId, 0);
///     private Order Apply(OrderPaid e) => this with { Paid = Paid + e.Amount };
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class StateAttribute : Attribute
{
    /// <summary>The state's snapshots are stored under the type's own name in kebab-case.</summary>
    public StateAttribute()
    {
    }

    /// <summary>The state's snapshots are stored under <paramref name="name"/>.</summary>
    /// <param name="name">1 to 200 characters: letters, digits, <c>.</c>, <c>-</c>, <c>_</c> and <c>:</c>; checked at compile time.</param>
    public StateAttribute(string name) => Name = name;

    /// <summary>The name of the state's snapshots, or <see langword="null"/> for the type's own name in kebab-case.</summary>
    public string? Name { get; }

    /// <summary>
    /// The version of the fold; 1 by default. Raise it if the methods derive a different state from the same events: older snapshots are
    /// then ignored. A change of the members is detected without it.
    /// </summary>
    public int Version { get; set; } = 1;

    /// <summary>
    /// The number of events since the last snapshot after which loading a state records a new one, in the background. 0, the default:
    /// never. Otherwise the whole state must be readable from JSON, which is checked at compile time.
    /// </summary>
    public int SnapshotEvery { get; set; }
}
