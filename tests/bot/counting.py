"""How often a function is called, whoever has imported it."""

import functools
import sys


def count_calls(monkeypatch, *functions):
    """The calls by name, counted from now on in every module that is loaded."""
    calls = dict.fromkeys((function.__name__ for function in functions), 0)
    for function in functions:

        @functools.wraps(function)
        def counted(*arguments, _function=function, **named):
            calls[_function.__name__] += 1
            return _function(*arguments, **named)

        for module in list(sys.modules.values()):
            if getattr(module, function.__name__, None) is function:
                monkeypatch.setattr(module, function.__name__, counted)
    return calls


def count_methods(monkeypatch, *methods):
    """The same for methods, given as pairs of a class and a name."""
    calls = dict.fromkeys((name for _, name in methods), 0)
    for owner, name in methods:
        method = getattr(owner, name)

        @functools.wraps(method)
        def counted(*arguments, _method=method, _name=name, **named):
            calls[_name] += 1
            return _method(*arguments, **named)

        monkeypatch.setattr(owner, name, counted)
    return calls
