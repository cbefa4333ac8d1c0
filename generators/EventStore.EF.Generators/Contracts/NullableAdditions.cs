using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Contracts;

/// <summary>
/// Finds members that were added to a recorded event and are null in the events stored before, although their types aren't nullable.
/// </summary>
internal static class NullableAdditions
{
    public static IEnumerable<ISymbol> Find(
        IReadOnlyList<ContractDifference> differences, IReadOnlyList<ContractLine> recorded, Compilation compilation)
    {
        foreach (var difference in differences)
        {
            if (difference is { Recorded: null, Current: { Type.IsRequired: false, Site: IPropertySymbol member } }
                && difference.Path.EndsWith(JsonName(member), StringComparison.Ordinal)
                && IsParentRecorded(difference.Path, recorded)
                && SymbolEqualityComparer.Default.Equals(member.ContainingAssembly, compilation.Assembly)
                && IsNullWhenMissing(member, compilation))
            {
                yield return member;
            }
        }
    }

    /// <summary>Whether it gets its value from a constructor parameter without a default.</summary>
    private static bool IsNullWhenMissing(IPropertySymbol member, Compilation compilation)
    {
        var type = member.ContainingType;
        var context = new ParseContext(compilation, type, isAdvising: false, known: null, CancellationToken.None);
        if (member.Type.IsValueType || new ConstructorParser(context, type).Select(out var constructor))
            return false;
        return constructor?.Parameters.FirstOrDefault(parameter =>
            string.Equals(parameter.Name, member.Name, StringComparison.OrdinalIgnoreCase)
            && parameter.Type.Equals(member.Type, SymbolEqualityComparer.Default)) is
        { HasExplicitDefaultValue: false, NullableAnnotation: NullableAnnotation.NotAnnotated };
    }

    private static string JsonName(ISymbol member) => ContractNames.Escape(JsonAttributes.Name(member) ?? CamelCase.Of(member.Name));

    /// <summary>Whether stored events have the object that contains the member. No old event has a new object.</summary>
    private static bool IsParentRecorded(string path, IReadOnlyList<ContractLine> recorded)
    {
        var dot = path.LastIndexOf('.');
        var parent = dot < 0 ? "" : path.Substring(0, dot + 1);
        return recorded.Any(line => line.Path.StartsWith(parent, StringComparison.Ordinal));
    }
}
