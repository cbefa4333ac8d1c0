using EventStore.EF.Generators.Model;

namespace EventStore.EF.Generators.Emission;

/// <summary>
/// The names of the library's methods for single values. Each type has its own method, because the compiler compares all overloads of
/// a name at every call.
/// </summary>
internal static class MethodNames
{
    private static readonly Dictionary<string, string> Readers = new(StringComparer.Ordinal)
    {
        ["bool"] = "Boolean",
        ["byte"] = "Byte",
        ["sbyte"] = "SByte",
        ["short"] = "Int16",
        ["ushort"] = "UInt16",
        ["int"] = "Int32",
        ["uint"] = "UInt32",
        ["long"] = "Int64",
        ["ulong"] = "UInt64",
        ["float"] = "Single",
        ["double"] = "Double",
        ["decimal"] = "Decimal",
        ["char"] = "Char",
        ["string"] = "Text",
        ["byte[]"] = "Bytes",
        [Code.Guid] = "Guid",
        ["global::System.DateTime"] = "DateTime",
        ["global::System.DateTimeOffset"] = "DateTimeOffset",
    };

    /// <summary>The method that reads a value of the type.</summary>
    public static string Read(string type) => $"{Code.Values}TryRead{Readers[type]}";

    /// <summary>The method that writes a member of the type. Integers smaller than <c>int</c> are written as <c>int</c>.</summary>
    public static string Write(ValueModel value)
    {
        var type = value.Kind is ValueKind.Enum or ValueKind.EnumName ? value.Detail : value.Type;
        return $"{Code.Members}Write{Readers[type is "byte" or "sbyte" or "short" or "ushort" ? "int" : type]}";
    }
}
