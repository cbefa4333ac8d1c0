using EventStore.EF.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace EventStore.EF.Generators.Parsing;

/// <summary>Chooses the constructor that System.Text.Json would choose.</summary>
internal sealed class ConstructorParser(ParseContext context, INamedTypeSymbol type)
{
    /// <summary>
    /// None for an interface or abstract class; else the one marked <c>[JsonConstructor]</c>; else the public one without
    /// parameters; else for a struct none (its default value); else the only public one.
    /// </summary>
    /// <returns>Whether there is no choice, which is reported.</returns>
    public bool Select(out IMethodSymbol? constructor)
    {
        constructor = null;
        if (type.IsAbstract)
            return false;

        var marked = type.InstanceConstructors.Where(c => c.Json("JsonConstructorAttribute") is not null).ToList();
        var visible = type.InstanceConstructors.Where(IsVisible).ToList();
        constructor = marked.FirstOrDefault();
        if (marked.Count > 1)
            return Report("several constructors are marked [JsonConstructor]; mark one");
        if (constructor is not null)
            return false;

        constructor = visible.Find(c => c.Parameters.Length == 0);
        if (type.IsValueType && !type.IsKeyValuePair())
            return false;

        constructor ??= visible.Count == 1 ? visible[0] : null;
        return constructor is null && Report(visible.Count == 0
            ? "it has no public constructor; make one public, or mark one [JsonConstructor]"
            : "it has several public constructors, each with parameters; mark the one to use [JsonConstructor]");
    }

    /// <summary>The constructor that every struct has without declaring it is none: it makes the default value.</summary>
    private bool IsVisible(IMethodSymbol constructor)
        => constructor.DeclaredAccessibility == Accessibility.Public
            && !(type.IsValueType && constructor is { IsImplicitlyDeclared: true, Parameters.Length: 0 });

    private bool Report(string problem)
    {
        context.Report(Descriptors.NoConstructor, type, type.Display(), problem);
        return true;
    }
}
