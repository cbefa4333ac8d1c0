using System.Globalization;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// Enums that <c>JsonStringEnumConverter</c> stores by name, where that is a plain table: its other cases, which are combinations of
/// flags, values of two names, and names that it refuses or that differ by case only, are left to it.
/// </summary>
internal static class EnumNames
{
    /// <summary>A table that is larger is quicker looked up by the converter than in a straight line.</summary>
    private const int MaxNames = 32;

    /// <summary>How a value of the enum, or its <c>Nullable&lt;T&gt;</c>, is written in a straight line; null when it isn't.</summary>
    public static ValueModel? Find(ITypeSymbol type)
    {
        if (type.Underlying() is not INamedTypeSymbol { TypeKind: TypeKind.Enum } named || named.Attribute("System.FlagsAttribute") is not null)
            return null;

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

    /// <summary>Neither a number, nor several, nor with white space around it.</summary>
    private static bool IsPlain(string name) => name.Length > 0 && (char.IsLetter(name[0]) || name[0] == '_')
        && name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or ':');
}
