using EventStore.EF.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// Selects the members of a type as System.Text.Json does: most derived class first, and with the same rules for hidden members.
/// </summary>
internal sealed class MemberSelection(ParseContext context, INamedTypeSymbol type)
{
    private readonly List<Member> _members = [];
    private readonly Dictionary<string, int> _byJsonName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ISymbol> _ignored = new(StringComparer.Ordinal);

    public IReadOnlyList<Member> Select()
    {
        foreach (var declaring in type.TypeKind == TypeKind.Interface ? type.AllInterfaces.Prepend(type) : type.Hierarchy())
        {
            var members = declaring.GetMembers();
            foreach (var member in members)
            {
                if (member is IPropertySymbol property && IsCandidate(property) && !IsOverriddenAndIgnored(property))
                    Add(property, property.Type);
            }

            foreach (var member in members)
            {
                if (member is IFieldSymbol { IsStatic: false, IsImplicitlyDeclared: false } field && HasInclude(field))
                    Add(field, field.Type);
            }
        }

        return _members;
    }

    private static bool IsCandidate(IPropertySymbol property)
    {
        if (property.IsStatic || property.IsIndexer)
            return false;
        return property.GetMethod?.DeclaredAccessibility == Accessibility.Public
            || property.SetMethod?.DeclaredAccessibility == Accessibility.Public
            || HasInclude(property);
    }

    private bool IsOverriddenAndIgnored(IPropertySymbol property)
        => IsVirtual(property)
            && _ignored.TryGetValue(property.Name, out var ignored)
            && ignored is IPropertySymbol other
            && IsVirtual(other)
            && other.Type.Equals(property.Type, SymbolEqualityComparer.Default);

    private static bool IsVirtual(IPropertySymbol property) => property.IsVirtual || property.IsOverride || property.IsAbstract;

    private static bool HasInclude(ISymbol member) => member.Json("JsonIncludeAttribute") is not null;

    private void Add(ISymbol symbol, ITypeSymbol memberType)
    {
        var name = JsonAttributes.Name(symbol);
        var member = new Member(symbol, memberType, name ?? CamelCase.Of(symbol.Name), name is not null, JsonAttributes.Ignore(symbol));
        if (!_byJsonName.TryGetValue(member.JsonName, out var index))
        {
            _byJsonName.Add(member.JsonName, _members.Count);
            _members.Add(member);
        }
        else if (_members[index].IsIgnored)
        {
            _members[index] = member;
        }
        else if (!member.IsIgnored && !IsHiddenBy(symbol, _members[index].Symbol) && !_ignored.ContainsKey(symbol.Name))
        {
            context.Report(
                Descriptors.DuplicateJsonName, symbol, symbol.Name, _members[index].Symbol.Name, type.Display(), member.JsonName);
        }

        if (member.IsIgnored)
            _ignored[symbol.Name] = symbol;
    }

    private static bool IsHiddenBy(ISymbol member, ISymbol other)
        => member.Name == other.Name && other.ContainingType.IsSameOrDerivedFrom(member.ContainingType);
}
