using System.Globalization;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Contracts;

/// <summary>The contract of an enum: its numbers or its names.</summary>
internal static class ContractEnums
{
    public static ContractType Of(INamedTypeSymbol type, bool byName)
    {
        var fields = type.GetMembers().OfType<IFieldSymbol>().Where(field => field.HasConstantValue);
        var values = byName
            ? fields.Select(StoredName).OrderBy(name => name, StringComparer.Ordinal)
            : fields.Select(field => (Number: Convert.ToDecimal(field.ConstantValue, CultureInfo.InvariantCulture), field.Name))
                .OrderBy(value => value.Number).ThenBy(value => value.Name, StringComparer.Ordinal)
                .Select(value => $"{ContractNames.Escape(value.Name)}={value.Number.ToString(CultureInfo.InvariantCulture)}");
        return new("enum", string.Join("|", values));
    }

    private static string StoredName(IFieldSymbol field)
        => ContractNames.Escape(field.Json("JsonStringEnumMemberNameAttribute")?.ConstructorArguments[0].Value as string ?? field.Name);
}
