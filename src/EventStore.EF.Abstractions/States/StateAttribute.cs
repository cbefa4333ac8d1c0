namespace EventStore.EF;

/// <summary>
/// Marks a record or class that is made of a stream's events: static <c>Create(TEvent)</c> methods begin it, <c>Apply(TEvent)</c> methods
/// lead it on, each returning the state (or, in a class that changes itself, nothing). The generator writes the fold, so that nothing is
/// found by reflection; the methods may be private.
/// </summary>
/// <remarks>
/// Without <c>Create</c> methods a state begins with its constructor without parameters. An event goes to the method of its most
/// derived type; events without a method are passed over. Folding sees the newest version of each event. It must depend on nothing but
/// the events.
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
    /// <summary>The state's snapshots are kept under the type's own name in kebab-case.</summary>
    public StateAttribute()
    {
    }

    /// <summary>The state's snapshots are kept under <paramref name="name"/>.</summary>
    /// <param name="name">1 to 200 characters: letters, digits, <c>.</c>, <c>-</c>, <c>_</c> and <c>:</c>; checked at compile time.</param>
    public StateAttribute(string name) => Name = name;

    /// <summary>The name of the state's snapshots, or <see langword="null"/> for the type's own name in kebab-case.</summary>
    public string? Name { get; }

    /// <summary>
    /// To be raised when the methods make something else of the same events: snapshots of before are ignored then. A change of the
    /// members is noticed without it. 1 by default.
    /// </summary>
    public int Version { get; set; } = 1;

    /// <summary>
    /// After how many events since the last snapshot loading a state records a new one, in the background. 0, the default: never.
    /// All that the state consists of must be readable from JSON then, which is checked at compile time.
    /// </summary>
    public int SnapshotEvery { get; set; }
}
