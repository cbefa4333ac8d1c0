using System.Globalization;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// Finds enums whose stored names form a plain table. <c>JsonStringEnumConverter</c> itself handles all other cases: combinations of
/// flags, values with two names, names that differ only in case, and names that it refuses.
/// </summary>
internal static class EnumNames
{
    /// <summary>In a larger table, the converter's lookup is faster than straight-line code.</summary>
    private const int MaxNames = 32;

    /// <summary>The straight-line form of the enum, or of its <c>Nullable&lt;T&gt;</c>, or null if it has none.</summary>
    public static ValueModel? Find(ITypeSymbol type)
    {
        if (type.Underlying() is not INamedTypeSymbol { TypeKind: TypeKind.Enum } named
            || named.Attribute("System.FlagsAttribute") is not null)
        {
            return null;
        }

        var fields = named.GetMembers().OfType<IFieldSymbol>().Where(field => field.HasConstantValue).ToList();
        var names = fields.Select(field => new EnumNameModel(
            string.Format(CultureInfo.InvariantCulture, "{0}", field.ConstantValue), Name(field))).ToEquatableArray();
        if (names.Count > MaxNames
            || names.Select(name => name.Number).Distinct(StringComparer.Ordinal).Count() < names.Count
            || names.Select(name => name.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count() < names.Count
            || !names.All(name => IsPlain(name.Name)))
        {
            return null;
        }

        var value = new ValueModel(named.Code(), ValueKind.EnumName, named.EnumUnderlyingType!.Code()) { Names = names };
        return ReferenceEquals(named, type) ? value : new(type.Code(), ValueKind.Nullable, Inner: value);
    }

    private static string Name(IFieldSymbol field)
        => field.Json("JsonStringEnumMemberNameAttribute")?.ConstructorArguments[0].Value as string ?? field.Name;

    /// <summary>Whether the name is not a number or a list of names, and has no white space around it.</summary>
    private static bool IsPlain(string name) => name.Length > 0 && (char.IsLetter(name[0]) || name[0] == '_')
        && name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or ':');
}
