using EventStore.EF.Generators.Diagnostics;
using EventStore.EF.Generators.Parsing;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.States;

/// <summary>Finds members of a state that a snapshot would lose: every field must be written to JSON and read from it.</summary>
internal static class SnapshotMembers
{
    public static void Check(ParseContext context, INamedTypeSymbol type)
    {
        var inner = new ParseContext(context.Compilation, type, isAdvising: false, known: null, CancellationToken.None);
        if (new ConstructorParser(inner, type).Select(out var constructor))
            return;
        var bound = new HashSet<string>(
            constructor?.Parameters.Select(parameter => parameter.Name) ?? [], StringComparer.OrdinalIgnoreCase);
        foreach (var field in type.Hierarchy().SelectMany(t => t.GetMembers()).OfType<IFieldSymbol>())
        {
            var member = field.AssociatedSymbol ?? field;
            if (field.IsStatic || field.IsConst || field.FirstLocation() is null || JsonAttributes.Ignore(member) is not null
                || (member is IPropertySymbol { GetMethod: not null } && bound.Contains(member.Name)) || IsSet(member))
            {
                continue;
            }

            context.Report(Descriptors.LostInSnapshot, member, member.Display());
        }
    }

    private static bool IsSet(ISymbol member)
    {
        var include = member.Json("JsonIncludeAttribute") is not null;
        return member switch
        {
            IPropertySymbol { GetMethod: { } getter, SetMethod: { } setter }
                => include
                    || (getter.DeclaredAccessibility == Accessibility.Public && setter.DeclaredAccessibility == Accessibility.Public),
            IFieldSymbol { IsReadOnly: false } => include,
            _ => false,
        };
    }
}
