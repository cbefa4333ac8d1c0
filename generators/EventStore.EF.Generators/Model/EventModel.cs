namespace EventStore.EF.Generators.Model;

/// <summary>A type marked <c>[Event]</c>, with everything that is emitted for it.</summary>
/// <param name="Name">The stored name.</param>
/// <param name="Version">The version of its shape.</param>
/// <param name="Aliases">Its former stored names.</param>
/// <param name="Type">The type.</param>
/// <param name="Shape">Its own serializer; null if the type can't have one, or if <paramref name="Context"/> has it.</param>
/// <param name="Closure">The other types that it contains, ordered by name.</param>
/// <param name="Context">The user's <c>JsonSerializerContext</c> that stores and reads it, if any.</param>
internal sealed record EventModel(
    string Name,
    int Version,
    EquatableArray<string> Aliases,
    TypeName Type,
    Shape? Shape,
    EquatableArray<Shape> Closure,
    string? Context = null)
{
    /// <summary>Whether the application serializes it, so that only its name and version are registered.</summary>
    public bool HasOwnSerializer { get; init; }

    /// <summary>Whether code of the user writes a part of its JSON, which is therefore checked.</summary>
    public bool IsChecked { get; init; }
}
