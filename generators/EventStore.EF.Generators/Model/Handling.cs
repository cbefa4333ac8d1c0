namespace EventStore.EF.Generators.Model;

/// <summary>The handling attributes of a type or member, each as a C# expression, or null if the attribute is absent.</summary>
/// <param name="Numbers">The <c>JsonNumberHandling</c>.</param>
/// <param name="Creation">The <c>JsonObjectCreationHandling</c>.</param>
/// <param name="Unmapped">The <c>JsonUnmappedMemberHandling</c>; types only.</param>
internal sealed record Handling(string? Numbers = null, string? Creation = null, string? Unmapped = null)
{
    public static readonly Handling None = new();
}
