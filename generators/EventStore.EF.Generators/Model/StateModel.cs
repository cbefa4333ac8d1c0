namespace EventStore.EF.Generators.Model;

/// <summary>A type marked <c>[State]</c>, with everything that is emitted for it.</summary>
/// <param name="Type">The type.</param>
/// <param name="SnapshotType">Its name and the hash of its shape.</param>
/// <param name="SnapshotEvery">The number of events after which a snapshot is recorded; 0 for no snapshots.</param>
/// <param name="Begin">An expression that creates the state before the first event; null if an event creates it.</param>
/// <param name="Events">The types that its methods take, most derived first.</param>
/// <param name="Accessors">The accessors of methods that generated code can't call.</param>
/// <param name="Shapes">
/// The serializers of its snapshots, including its own; empty if there are no snapshots, or if <paramref name="Context"/> has them.
/// </param>
/// <param name="Context">The user's <c>JsonSerializerContext</c> that writes and reads its snapshots, if any.</param>
internal sealed record StateModel(
    TypeName Type,
    string SnapshotType,
    int SnapshotEvery,
    string? Begin,
    EquatableArray<StateEventModel> Events,
    EquatableArray<AccessorModel> Accessors,
    EquatableArray<Shape> Shapes,
    string? Context = null)
{
    /// <summary>Whether a straight-line reader of snapshots is generated.</summary>
    public bool HasReader
    {
        get
        {
            var type = Type;
            return Shapes.OfType<ClassShape>().Any(shape => shape.HasReader && shape.Type == type);
        }
    }

    /// <summary>Whether one of its methods takes the event as it is stored.</summary>
    public bool TakesRecordedEvents => Events.Any(e => e.Create?.TakesRecordedEvent == true || e.Apply?.TakesRecordedEvent == true);
}

/// <summary>An event type that a state's methods take.</summary>
/// <param name="Type">The type.</param>
/// <param name="Create">The call that creates the state; null if there is none.</param>
/// <param name="Apply">The call for an existing state; null if there is none. <c>state</c> is in scope.</param>
/// <param name="Returns">Whether Apply returns the new state instead of changing the existing one.</param>
internal sealed record StateEventModel(string Type, StateCallModel? Create, StateCallModel? Apply, bool Returns);

/// <summary>The call of a state's method.</summary>
/// <param name="Code">The call, up to the event argument.</param>
/// <param name="TakesRecordedEvent">Whether the event as it is stored follows the event.</param>
internal sealed record StateCallModel(string Code, bool TakesRecordedEvent);
