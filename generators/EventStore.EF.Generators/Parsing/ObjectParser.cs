using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Parses a class, record or struct: its constructor, its members, and the accessors they need.</summary>
internal sealed class ObjectParser(ParseContext context, ShapeParser shapes, INamedTypeSymbol type)
{
    private readonly AccessorParser _accessors = new();

    public ObjectShape? Parse()
    {
        if (new ConstructorParser(context, type).Select(out var constructor))
            return null;

        var setsRequired = constructor?.Attribute("System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute") is not null;
        var members = new MemberSelection(context, type).Select();
        var bound = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var parameters = Parameters(constructor, members, bound);
        var parser = new MemberParser(context, shapes, _accessors, requiredMatters: !setsRequired);
        var models = new List<MemberModel>(members.Count);
        foreach (var member in members)
        {
            if (parser.Parse(member, bound.Contains(member.Symbol)) is { } model)
                models.Add(model);
        }

        if (context.HasErrors)
            return null;
        return new(
            type.TypeName(),
            type.IsValueType,
            new(constructor is null, constructor is null ? null : ConstructorAccessor(constructor, setsRequired), parameters),
            models.OrderBy(model => model.Order).ToEquatableArray(),
            _accessors.All.ToEquatableArray());
    }

    private EquatableArray<ParameterModel> Parameters(IMethodSymbol? constructor, IReadOnlyList<Member> members, HashSet<ISymbol> bound)
    {
        var models = new List<ParameterModel>();
        foreach (var parameter in constructor?.Parameters ?? [])
        {
            var member = members.FirstOrDefault(m =>
                string.Equals(m.Symbol.Name, parameter.Name, StringComparison.OrdinalIgnoreCase)
                && m.Type.Equals(parameter.Type, SymbolEqualityComparer.Default));
            if (member is null || parameter.RefKind != RefKind.None)
            {
                var property = char.ToUpperInvariant(parameter.Name[0]) + parameter.Name.Substring(1);
                context.Report(
                    Descriptors.UnmatchedParameter, parameter, parameter.Name, type.Display(), property, parameter.Type.Display());
                continue;
            }

            bound.Add(member.Symbol);
            models.Add(new(parameter.Name, parameter.Type.Code(), Literals.Default(parameter)));
        }

        return models.ToEquatableArray();
    }

    private string? ConstructorAccessor(IMethodSymbol constructor, bool setsRequired)
    {
        var leavesRequired = !setsRequired && type.Hierarchy().SelectMany(t => t.GetMembers())
            .Any(member => member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true });
        return leavesRequired || !context.Compilation.IsSymbolAccessibleWithin(constructor, context.Compilation.Assembly)
            || UnsupportedTypes.IsObsoleteError(constructor)
            ? _accessors.Constructor(constructor)
            : null;
    }
}
