namespace EventStore.EF.Generators.Model;

/// <summary>A kind of collection.</summary>
/// <param name="Factory">The method of <c>JsonMetadataServices</c> that creates its metadata.</param>
/// <param name="TypeArguments">The type arguments of that method: the collection itself, the key, the element.</param>
/// <param name="HasConstructor">Whether <c>new</c> creates an empty collection.</param>
/// <param name="CreateRange">The method that creates an immutable collection from its elements.</param>
/// <param name="Enumerated">The way its elements are enumerated.</param>
/// <param name="ReadAs">The type in which a straight-line reader collects elements, as in System.Text.Json; null without a reader.</param>
internal sealed record CollectionKind(
    string Factory,
    CollectionArguments TypeArguments = CollectionArguments.CollectionAndElement,
    bool HasConstructor = false,
    string? CreateRange = null,
    Enumerated Enumerated = Enumerated.Directly,
    string? ReadAs = null);

internal enum CollectionArguments
{
    Element,
    CollectionAndElement,
    CollectionKeyAndElement,
}

/// <summary>The way <c>foreach</c> enumerates a collection, so that it sees the same elements as System.Text.Json.</summary>
internal enum Enumerated
{
    /// <summary>Through its own enumerator, without boxing.</summary>
    Directly,

    /// <summary>Through <c>IEnumerable&lt;T&gt;</c>: the own enumerator of a user's class may return something else.</summary>
    ByInterface,

    /// <summary>Through <c>IEnumerable&lt;T&gt;</c>; the collection is a struct, which is never null.</summary>
    Boxed,

    /// <summary>Through its span.</summary>
    Span,
}
