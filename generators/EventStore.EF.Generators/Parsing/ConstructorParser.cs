using EventStore.EF.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Selects the constructor that System.Text.Json would select.</summary>
internal sealed class ConstructorParser(ParseContext context, INamedTypeSymbol type)
{
    /// <summary>
    /// Null for an interface or abstract class; otherwise the constructor marked <c>[JsonConstructor]</c>; otherwise the public
    /// parameterless one; otherwise null for a struct, which starts from its default value; otherwise the only public one.
    /// </summary>
    /// <returns>Whether no constructor can be selected, which is reported.</returns>
    public bool Select(out IMethodSymbol? constructor)
    {
        constructor = null;
        if (type.IsAbstract || context.IsWriting)
            return false;

        var marked = type.InstanceConstructors.Where(c => c.Json("JsonConstructorAttribute") is not null).ToList();
        var visible = type.InstanceConstructors.Where(IsVisible).ToList();
        constructor = marked.FirstOrDefault();
        if (marked.Count > 1)
            return Report("several constructors are marked [JsonConstructor]; mark only one");
        if (constructor is not null)
            return false;

        constructor = visible.Find(c => c.Parameters.Length == 0);
        if (type.IsValueType && !type.IsKeyValuePair())
            return false;

        constructor ??= visible.Count == 1 ? visible[0] : null;
        return constructor is null && Report(visible.Count == 0
            ? "it has no public constructor; make one public, or mark one with [JsonConstructor]"
            : "it has several public constructors, each with parameters; mark the one to use with [JsonConstructor]");
    }

    /// <summary>The implicit constructor of a struct doesn't count: it only creates the default value.</summary>
    private bool IsVisible(IMethodSymbol constructor)
        => constructor.DeclaredAccessibility == Accessibility.Public
            && !(type.IsValueType && constructor is { IsImplicitlyDeclared: true, Parameters.Length: 0 });

    private bool Report(string problem)
    {
        if (!ForeignAttributes.CheckConstructors(context, type, constructor: null))
            context.Report(Descriptors.NoConstructor, type, context.Place(type), problem);
        return true;
    }
}
