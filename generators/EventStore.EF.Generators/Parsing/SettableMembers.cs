using EventStore.EF.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Finds the members of a type that can be changed after an event is created. Each type is reported once.</summary>
internal static class SettableMembers
{
    private const int MaxNames = 3;

    public static void Report(ParseContext context, IReadOnlyList<Member> members)
    {
        foreach (var group in members
            .Where(member => !member.IsIgnored && context.IsOwn(member.Symbol) && IsChangeable(member.Symbol))
            .GroupBy(member => member.Symbol.ContainingType, SymbolEqualityComparer.Default))
        {
            var names = group.Select(member => $"'{member.Symbol.Name}'").ToList();
            var first = group.First().Symbol;
            context.ReportAt(
                Descriptors.SettableMember, context.Location(first), group.Key!.ToDisplayString(),
                names.Count > MaxNames
                    ? $"{string.Join(", ", names.Take(MaxNames))} and {names.Count - MaxNames} more"
                    : string.Join(", ", names),
                group.Key.Display());
        }
    }

    /// <summary>Whether anyone can change the member. Structs are copied when they are passed on, so their setters do no harm.</summary>
    public static bool IsChangeable(ISymbol symbol) => !symbol.ContainingType.IsValueType && symbol
        is IPropertySymbol { SetMethod: { IsInitOnly: false, DeclaredAccessibility: Accessibility.Public } }
        or IFieldSymbol { IsReadOnly: false, DeclaredAccessibility: Accessibility.Public };
}
