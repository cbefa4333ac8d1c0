namespace EventStore.EF.Generators.Model;

/// <summary>A kind of collection.</summary>
/// <param name="Factory">The method of <c>JsonMetadataServices</c> that makes its metadata.</param>
/// <param name="TypeArguments">Which type arguments that method takes: the collection itself, the key, the element.</param>
/// <param name="HasConstructor">Whether <c>new</c> makes an empty one.</param>
/// <param name="CreateRange">The method that makes an immutable one from its elements.</param>
internal sealed record CollectionKind(
    string Factory,
    CollectionArguments TypeArguments = CollectionArguments.CollectionAndElement,
    bool HasConstructor = false,
    string? CreateRange = null);

internal enum CollectionArguments
{
    Element,
    CollectionAndElement,
    CollectionKeyAndElement,
}
