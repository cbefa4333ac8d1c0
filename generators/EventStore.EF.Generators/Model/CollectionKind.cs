namespace EventStore.EF.Generators.Model;

/// <summary>A kind of collection.</summary>
/// <param name="Factory">The method of <c>JsonMetadataServices</c> that makes its metadata.</param>
/// <param name="TypeArguments">Which type arguments that method takes: the collection itself, the key, the element.</param>
/// <param name="HasConstructor">Whether <c>new</c> makes an empty one.</param>
/// <param name="CreateRange">The method that makes an immutable one from its elements.</param>
/// <param name="Enumerated">How its elements are listed.</param>
/// <param name="ReadAs">What a straight-line reader gathers its elements in, as System.Text.Json does; null when it has none.</param>
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

/// <summary>How <c>foreach</c> goes over a collection, so that it sees what System.Text.Json sees.</summary>
internal enum Enumerated
{
    /// <summary>By its own enumerator, without a box.</summary>
    Directly,

    /// <summary>By <c>IEnumerable&lt;T&gt;</c>: a user's class may list something else by itself.</summary>
    ByInterface,

    /// <summary>By <c>IEnumerable&lt;T&gt;</c>, and it is a struct, which is never null.</summary>
    Boxed,

    /// <summary>By its span.</summary>
    Span,
}
