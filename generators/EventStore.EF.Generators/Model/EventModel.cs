namespace EventStore.EF.Generators.Model;

/// <summary>A type marked <c>[Event]</c> with all that is emitted for it.</summary>
/// <param name="Name">The stored name.</param>
/// <param name="Version">The version of its shape.</param>
/// <param name="Aliases">Names of the past.</param>
/// <param name="Shape">Its own serializer.</param>
/// <param name="Closure">The other types that it contains, ordered by name.</param>
internal sealed record EventModel(
    string Name,
    int Version,
    EquatableArray<string> Aliases,
    Shape Shape,
    EquatableArray<Shape> Closure);
