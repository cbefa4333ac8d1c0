namespace EventStore.EF.Generators.Model;

/// <summary>A type marked <c>[State]</c> with all that is emitted for it.</summary>
/// <param name="Type">The type.</param>
/// <param name="SnapshotType">Its name and the hash of its shape.</param>
/// <param name="SnapshotEvery">After how many events a snapshot is recorded; 0 for never.</param>
/// <param name="Begin">An expression that makes the state before the first event; null when an event begins it.</param>
/// <param name="Events">The types that its methods take, the most derived first.</param>
/// <param name="Accessors">The accessors of methods that generated code can't call.</param>
/// <param name="Shapes">The serializers of its snapshots, its own included; none where there are no snapshots, or <paramref name="Context"/> has them.</param>
/// <param name="Context">The user's <c>JsonSerializerContext</c> that writes and reads its snapshots, if there is one.</param>
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
}

/// <summary>A type of event that a state takes.</summary>
/// <param name="Type">The type.</param>
/// <param name="Create">The call when the state hasn't begun, up to the event.</param>
/// <param name="Apply">The call when it has, up to the event; <c>state</c> is in scope.</param>
/// <param name="Returns">Whether Apply returns the state, and doesn't change it.</param>
internal sealed record StateEventModel(string Type, string? Create, string? Apply, bool Returns);
