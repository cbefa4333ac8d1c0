using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EventStore.EF.Generators.Parsing;

/// <summary>
/// Finds the types that a converter asks its options for. They belong to the events, because only generated metadata exists at run time.
/// </summary>
internal static class ConverterNeeds
{
    private static readonly HashSet<string> OfTheOptions = new(StringComparer.Ordinal) { "GetConverter", "GetTypeInfo", "TryGetTypeInfo" };

    private static readonly HashSet<string> OfTheSerializer = new(StringComparer.Ordinal)
    {
        "Serialize", "Deserialize", "SerializeToElement", "SerializeToNode", "SerializeToDocument", "SerializeToUtf8Bytes",
    };

    /// <summary>The types, and a call whose type is only known at run time, if there is one.</summary>
    public static (IReadOnlyList<ITypeSymbol> Types, string? Unknown) Of(
        UsedConverter converter, ITypeSymbol type, Compilation compilation)
    {
        var types = new List<ITypeSymbol>(converter.Uses);
        types.AddRange(Arguments(type.Underlying()));
        string? unknown = null;
        if (converter.Symbol is { } symbol && !symbol.ContainingNamespace.IsSystem())
            unknown = Asked(symbol, compilation, types);
        types.RemoveAll(needed => needed.Equals(type.Underlying(), SymbolEqualityComparer.Default));
        var isKnown = types.Count > 0 || unknown is null;
        return (types.Distinct<ITypeSymbol>(SymbolEqualityComparer.Default).ToList(), isKnown ? null : unknown);
    }

    /// <summary>The type arguments of which the type has values. Others only distinguish types: <c>Id&lt;Customer&gt;</c>.</summary>
    private static IEnumerable<ITypeSymbol> Arguments(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol { IsGenericType: true } named)
            return [];
        var definition = named.OriginalDefinition;
        var values = definition.Hierarchy()
            .SelectMany(t => t.GetMembers())
            .Where(member => !member.IsStatic)
            .Select(member => member switch
            {
                IFieldSymbol field => field.Type,
                IPropertySymbol property => property.Type,
                _ => null,
            })
            .OfType<ITypeSymbol>()
            .Concat(definition.InstanceConstructors.SelectMany(constructor => constructor.Parameters).Select(parameter => parameter.Type))
            .ToList();
        return definition.TypeParameters
            .Select((parameter, i) => (Parameter: parameter, Argument: named.TypeArguments[i]))
            .Where(pair => values.Exists(value => Mentions(value, pair.Parameter)))
            .Select(pair => pair.Argument);
    }

    private static bool Mentions(ITypeSymbol type, ITypeParameterSymbol parameter) => type switch
    {
        ITypeParameterSymbol => type.Equals(parameter, SymbolEqualityComparer.Default),
        IArrayTypeSymbol array => Mentions(array.ElementType, parameter),
        // A type that refers to itself (Id<T>.Empty) has no values of the parameter.
        INamedTypeSymbol named => !named.OriginalDefinition.Equals(parameter.ContainingSymbol, SymbolEqualityComparer.Default)
            && named.TypeArguments.Any(argument => Mentions(argument, parameter)),
        _ => false,
    };

    /// <summary>Adds the types that the source of the converter passes to the serializer or to the options.</summary>
    private static string? Asked(INamedTypeSymbol converter, Compilation compilation, List<ITypeSymbol> types)
    {
        string? unknown = null;
        foreach (var reference in converter.DeclaringSyntaxReferences)
        {
            if (!compilation.ContainsSyntaxTree(reference.SyntaxTree))
                continue;
            foreach (var call in reference.GetSyntax().DescendantNodes().OfType<InvocationExpressionSyntax>())
            {
                if (Name(call) is not { } name || !(OfTheOptions.Contains(name) || OfTheSerializer.Contains(name))
                    || compilation.GetSemanticModel(call.SyntaxTree) is not { } model
                    || model.GetSymbolInfo(call).Symbol is not IMethodSymbol method || !Asks(method))
                {
                    continue;
                }

                var asked = Asked(call, method, model);
                if (asked is null)
                    unknown ??= $"the type in '{call}'";
                else if (Close(asked, converter) is { } closed)
                    types.Add(closed);
            }
        }

        return unknown;
    }

    private static bool Asks(IMethodSymbol method) => method.ContainingType.Name switch
    {
        "JsonSerializer" => method.Parameters.Any(parameter => parameter.Type.Name == "JsonSerializerOptions"),
        "JsonSerializerOptions" => true,
        _ => false,
    };

    private static ITypeSymbol? Asked(InvocationExpressionSyntax call, IMethodSymbol method, SemanticModel model)
    {
        if (method.TypeArguments.Length == 1)
            return method.TypeArguments[0];
        var type = call.ArgumentList.Arguments.Select(argument => argument.Expression).OfType<TypeOfExpressionSyntax>().FirstOrDefault();
        return type is null ? null : model.GetTypeInfo(type.Type).Type;
    }

    /// <summary>The type with the type arguments of the converter; null if it contains a type parameter of something else.</summary>
    private static ITypeSymbol? Close(ITypeSymbol type, INamedTypeSymbol converter)
    {
        switch (type)
        {
            case ITypeParameterSymbol parameter:
                return parameter.ContainingSymbol.Equals(converter.OriginalDefinition, SymbolEqualityComparer.Default)
                    ? converter.TypeArguments[parameter.Ordinal]
                    : null;
            case INamedTypeSymbol { IsGenericType: true } named:
                var arguments = named.TypeArguments.Select(argument => Close(argument, converter)).ToList();
                return arguments.Contains(null) ? null : named.OriginalDefinition.Construct([.. arguments.OfType<ITypeSymbol>()]);
            case IArrayTypeSymbol { ElementType: ITypeParameterSymbol }:
                return null;
            default:
                return type;
        }
    }

    private static string? Name(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        _ => null,
    };
}
