using EventStore.EF.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Finds what of a state a snapshot would not bring back: every field has to be written to JSON and read from it.</summary>
internal static class SnapshotMembers
{
    public static void Check(ParseContext context, INamedTypeSymbol type)
    {
        if (new ConstructorParser(new(context.Compilation, type, isAdvising: false, known: null, CancellationToken.None), type).Select(out var constructor))
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
                => include || (getter.DeclaredAccessibility == Accessibility.Public && setter.DeclaredAccessibility == Accessibility.Public),
            IFieldSymbol { IsReadOnly: false } => include,
            _ => false,
        };
    }
}
