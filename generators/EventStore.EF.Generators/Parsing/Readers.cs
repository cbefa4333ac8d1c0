using EventStore.EF.Generators.Model;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// Decides which types get a straight-line reader: those that it reads exactly as metadata would, with everything they contain.
/// System.Text.Json reads types with special features, and types that contain them.
/// </summary>
internal static class Readers
{
    /// <summary>A reader records the members it has seen in the bits of one 64-bit number.</summary>
    private const int MaxMembers = 64;

    /// <summary>The shapes, with those marked that get a reader.</summary>
    public static IEnumerable<Shape> Mark(IReadOnlyCollection<Shape> shapes)
    {
        var readable = shapes.OfType<ClassShape>().Where(IsReadable).ToDictionary(shape => shape.Type.Id, StringComparer.Ordinal);

        // A type may contain itself, so each counts as readable until something it contains isn't.
        while (readable.Values.Where(shape => Values(shape).Any(value => !IsReadable(value, readable))).ToList() is { Count: > 0 } others)
        {
            foreach (var other in others)
                readable.Remove(other.Type.Id);
        }

        return shapes.Select(shape => readable.TryGetValue(shape.Type.Id, out var found) ? found with { HasReader = true } : shape);
    }

    private static bool IsReadable(ClassShape shape) => shape switch
    {
        CollectionShape collection => collection.Kind.ReadAs is not null && collection.Key?.Type is null or "string",
        ObjectShape obj => obj is { IsPolymorphic: false, Constructor.Kind: not ConstructorKind.None, Members.Count: <= MaxMembers }
            && obj.Handling == Handling.None
            && obj.Members.All(member => IsReadable(obj, member)),
        _ => false,
    };

    private static bool IsReadable(ObjectShape shape, MemberModel member)
        => IsWellFormed(member.JsonName)
            && member is { IsStraight: true, IsExtensionData: false, Ignore: not ("Always" or "WhenReading") }
            && member.Handling == Handling.None
            && (member.IsStored || member.Set.Kind == AccessKind.None || shape.Constructor.Parameters.Count == 0);

    /// <summary>Whether the name is valid Unicode; a UTF-8 literal can't hold any other.</summary>
    private static bool IsWellFormed(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsSurrogate(name[i]))
                continue;
            if (i + 1 == name.Length || !char.IsSurrogatePair(name[i], name[i + 1]))
                return false;
            i++;
        }

        return true;
    }

    private static IEnumerable<ValueModel> Values(ClassShape shape) => shape switch
    {
        CollectionShape collection => [collection.Element],
        ObjectShape obj => obj.ReadMembers.Select(member => member.Value),
        _ => [],
    };

    private static bool IsReadable(ValueModel value, Dictionary<string, ClassShape> readable) => value.Kind switch
    {
        ValueKind.Metadata => false,
        ValueKind.Shape => readable.ContainsKey(value.Detail),
        ValueKind.Nullable => IsReadable(value.Inner!, readable),
        ValueKind.Converter => value.Detail != "JsonDocumentConverter", // A reader that gives up would leave a document undisposed.
        _ => true,
    };
}
