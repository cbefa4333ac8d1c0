using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Parses a class, record, struct or interface: its constructor, its members, and the accessors they need.</summary>
internal sealed class ObjectParser(ParseContext context, ShapeParser shapes, INamedTypeSymbol type)
{
    private readonly AccessorParser _accessors = new();

    public ObjectShape? Parse()
    {
        if (new ConstructorParser(context, type).Select(out var constructor))
            return null;

        var start = context.Findings.Count;
        var members = new MemberSelection(context, type).Select();
        var isUnique = context.Findings.Count == start;
        var bound = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var parameters = Parameters(constructor, members, bound);
        ForeignAttributes.Check(context, type, constructor, members);
        if (isUnique && !context.IsWriting && !type.IsAbstract && !type.Equals(context.Exempt, SymbolEqualityComparer.Default))
            new Restoration(context, type, constructor, members, bound).Check();
        CheckNames();
        if (context.IsAdvising && !context.IsWriting)
            SettableMembers.Report(context, members);
        var parser = new MemberParser(context, shapes, _accessors, constructor);
        var models = new List<MemberModel>(members.Count);
        foreach (var member in members)
        {
            if (parser.Parse(member, bound.Contains(member.Symbol)) is { } model)
                models.Add(model);
        }

        if (Handlings.Problem(type, constructor, members) is { } problem)
            context.Report(Descriptors.NotSerializable, type, context.Place(type), problem);

        if (_accessors.All.Any(accessor => accessor.TypeParameters.Length > 0) && !RuntimeFeatures.HasGenericAccessors(context.Compilation))
        {
            context.Report(
                Descriptors.NotSerializable, type, context.Place(type),
                "on .NET 8, generated code can't reach private or init-only members of a generic type; give them public setters or "
                    + "constructor parameters, or target a newer framework");
        }

        if (context.HasErrors)
            return null;
        return new(
            type.TypeName(),
            type.IsValueType,
            Polymorphism.IsPolymorphic(type),
            Constructor(constructor, parameters),
            models.OrderBy(model => model.Order).ToEquatableArray(),
            _accessors.All.ToEquatableArray(),
            JsonAttributes.Handling(type));
    }

    private ConstructorModel Constructor(IMethodSymbol? constructor, EquatableArray<ParameterModel> parameters) => new(
        constructor is not null ? ConstructorKind.Constructor
            : type.IsValueType && !context.IsWriting ? ConstructorKind.DefaultValue : ConstructorKind.None,
        constructor is null ? null : ConstructorAccessor(constructor),
        parameters);

    private EquatableArray<ParameterModel> Parameters(IMethodSymbol? constructor, IReadOnlyList<Member> members, HashSet<ISymbol> bound)
    {
        var models = new List<ParameterModel>();
        foreach (var parameter in constructor?.Parameters ?? [])
        {
            var (member, second) = Bound(members, parameter);
            if (second is not null)
            {
                context.Report(
                    Descriptors.NotSerializable,
                    parameter,
                    context.Place(type),
                    $"the constructor parameter '{parameter.Name}' matches both '{member!.Symbol.Name}' and '{second.Symbol.Name}', "
                        + "whose names differ only in case; rename one");
            }
            else if (parameter.RefKind is not (RefKind.None or RefKind.In))
            {
                context.Report(
                    Descriptors.NoConstructor, parameter, context.Place(type),
                    $"its constructor takes '{parameter.Name}' by reference; take the value, or mark another constructor "
                        + "with [JsonConstructor]");
            }
            else if (member is null)
            {
                var property = char.ToUpperInvariant(parameter.Name[0]) + parameter.Name.Substring(1);
                context.Report(
                    Descriptors.UnmatchedParameter, parameter, parameter.Name, type.Display(), property, parameter.Type.Display());
            }
            else
            {
                bound.Add(member.Symbol);
                models.Add(new(parameter.Name, parameter.Type.Code(), Literals.Default(parameter), member.JsonName));
            }
        }

        return models.ToEquatableArray();
    }

    /// <summary>Metadata names the type that declares a member, so generated code must be able to.</summary>
    private void CheckNames()
    {
        foreach (var declaring in type.Hierarchy())
        {
            if (Nameability.Problem(declaring, context.Compilation) is { } problem)
            {
                context.Report(Descriptors.Unnameable, type, context.Place(type), declaring.Display(), problem);
                return;
            }
        }
    }

    /// <summary>The member that the parameter sets, and a second match, which is an error.</summary>
    private static (Member? Member, Member? Second) Bound(IReadOnlyList<Member> members, IParameterSymbol parameter)
    {
        Member? first = null;
        foreach (var member in members)
        {
            if (!IsBound(member, parameter))
                continue;
            if (first is not null)
                return (first, member);
            first = member;
        }

        return (first, null);
    }

    private bool HasRequiredMembers()
    {
        foreach (var declaring in type.Hierarchy())
        {
            foreach (var member in declaring.GetMembers())
            {
                if (member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true })
                    return true;
            }
        }

        return false;
    }

    public static bool IsBound(Member member, IParameterSymbol parameter)
        => string.Equals(member.Symbol.Name, parameter.Name, StringComparison.OrdinalIgnoreCase)
            && member.Type.Equals(parameter.Type, SymbolEqualityComparer.Default);

    private string? ConstructorAccessor(IMethodSymbol constructor)
    {
        var leavesRequired = !constructor.SetsRequiredMembers() && HasRequiredMembers();
        return leavesRequired || !constructor.IsAccessible(context.Compilation)
            || UnsupportedTypes.IsObsoleteError(constructor)
            ? _accessors.Constructor(constructor)
            : null;
    }
}
