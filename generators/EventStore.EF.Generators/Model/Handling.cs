namespace EventStore.EF.Generators.Model;

/// <summary>What attributes of a type or member say beside its name and place; expressions, or null where nothing is said.</summary>
/// <param name="Numbers">The <c>JsonNumberHandling</c>.</param>
/// <param name="Creation">The <c>JsonObjectCreationHandling</c>.</param>
/// <param name="Unmapped">The <c>JsonUnmappedMemberHandling</c>; of types only.</param>
internal sealed record Handling(string? Numbers = null, string? Creation = null, string? Unmapped = null)
{
    public static readonly Handling None = new();
}
