using EventStore.EF.Generators.Model;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// Decides which types get a straight-line reader: those of which every part reads the same in a straight line as by metadata.
/// Whatever is special about a type leaves it, and what contains it, to System.Text.Json.
/// </summary>
internal static class Readers
{
    /// <summary>A reader remembers in the bits of one number which members it has seen.</summary>
    private const int MaxMembers = 64;

    /// <summary>The shapes, marked.</summary>
    public static IEnumerable<Shape> Mark(IReadOnlyCollection<Shape> shapes)
    {
        var readable = shapes.OfType<ClassShape>().Where(IsReadable).ToDictionary(shape => shape.Type.Id, StringComparer.Ordinal);

        // A type may contain itself, so all are taken for readable until a part of theirs isn't.
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

    /// <summary>Whether the name is Unicode; only then can a literal hold it as UTF-8.</summary>
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
        ValueKind.Converter => value.Detail != "JsonDocumentConverter", // Whoever gets a document disposes it; a restart would lose one.
        _ => true,
    };
}
