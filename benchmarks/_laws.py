"""Formulas to be found, in suites: ``name: formula: ranges`` a line.

Columns are drawn uniformly from their ranges; where a law says so, a range is shared by
several. Feynman's have the ranges of the Feynman symbolic regression data base (Udrescu and
Tegmark 2020), the dimensionless ones those of this project.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from _more_laws import SEEN, UNSEEN

TOYS = """
hellokan: exp(sin(pi*x)+y**2): x,y -1,1
deep 4-D: exp((sin(pi*(a**2+b**2))+sin(pi*(c**2+d**2)))/2): a,b,c,d -1,1
bessel: exp(besselj(0,20*x)+y**2): x,y -1,1
bessel 1-D: besselj(0,20*x): x -1,1
velocities: (u+v)/(1+u*v): u,v -.9,.9
product: x*y: x,y -1,1
log-sine: sin(2*(log(x)+log(y))): x,y .2,5
norm 2: sqrt(x**2+y**2): x,y -1,1
norm 3: sqrt(x**2+y**2+z**2): x,y,z -1,1
sine: sin(pi*x): x -1,1
mass: m/sqrt(1-v**2/c**2): m 0,1; v 0,.9; c 1.1,2
polynomial: a**2+.3*b+.1*c**3+0*d: a,b,c,d -1,1
quotient: x/y: x -1,1; y .5,2
tanh: tanh(5*(x**4+y**4+z**4-1)): x,y,z -1,1
distance: sqrt((a-b)**2+(c-d)**2): a,b,c,d -1,1
sines: sin(pi*a)+cos(pi*b)+tan(pi*c/2): a,b,c -.8,.8
poisson: sin(pi*x)*sin(pi*y): x,y -1,1
mean of sines: exp((sin(pi*a/2)**2+sin(pi*b/2)**2+sin(pi*c/2)**2)/3): a,b,c -1,1
x sin y: x*sin(y): x,y -3,3
wave: a*x*sin(x*y): a,x,y -2,2
gauss: exp(-t**2/2/s**2)/(s*sqrt(2*pi)): t -1,1; s .5,2
gamma: a*sqrt(1+b**2): a,b -1,1
square plus noise columns: x**2+sin(3*y): x,y,u,v,w -1,1
three-way: x*y*z+sin(x): x,y,z -1,1
"""

FEYNMAN = """
I.6.20a: exp(-t**2/2)/sqrt(2*pi): t 1,3
I.6.20: exp(-(t/s)**2/2)/(sqrt(2*pi)*s): s,t 1,3
I.6.20b: exp(-((t-u)/s)**2/2)/(sqrt(2*pi)*s): s,t,u 1,3
I.8.14: sqrt((b-a)**2+(d-c)**2): a,b,c,d 1,5
I.9.18: G*m*M/((b-a)**2+(d-c)**2+(f-e)**2): m,M,G 1,2; b,d,f 3,4; a,c,e 1,2
I.10.7: m/sqrt(1-v**2/c**2): m 1,5; v 1,2; c 3,10
I.11.19: a*b+c*d+e*f: a,b,c,d,e,f 1,5
I.12.1: m*N: m,N 1,5
I.12.2: q*Q/(4*pi*e*r**2): q,Q,e,r 1,5
I.12.11: q*(E+B*v*sin(t)): q,E,B,v,t 1,5
I.13.4: m*(v**2+u**2+w**2)/2: m,v,u,w 1,5
I.13.12: G*m*M*(1/r-1/s): m,M,r,s,G 1,5
I.15.3x: (x-u*t)/sqrt(1-u**2/c**2): x 5,10; u 1,2; c 3,20; t 1,2
I.15.3t: (t-u*x/c**2)/sqrt(1-u**2/c**2): x 1,5; u 1,2; c 3,10; t 1,5
I.16.6: (u+v)/(1+u*v/c**2): c,v,u 1,5
I.18.4: (m*r+M*R)/(m+M): m,M,r,R 1,5
I.24.6: m*(w**2+v**2)*x**2/4: m,w,v,x 1,3
I.26.2: asin(n*sin(t)): n 0,1; t 1,5
I.27.6: 1/(1/d+n/D): d,D,n 1,5
I.29.16: sqrt(x**2+y**2-2*x*y*cos(t-u)): x,y,t,u 1,5
I.30.3: I*sin(n*t/2)**2/sin(t/2)**2: I,t,n 1,5
I.30.5: asin(l/(n*d)): l 1,2; d 2,5; n 1,5
I.32.17: e*c*E**2/2*8*pi*r**2/3*w**4/(w**2-v**2)**2: e,c,E,r,w 1,2; v 3,5
I.34.14: (1+v/c)/sqrt(1-v**2/c**2)*w: c 3,10; v 1,2; w 1,5
I.37.4: I+J+2*sqrt(I*J)*cos(d): I,J,d 1,5
I.39.22: n*k*T/V: n,T,V,k 1,5
I.40.1: n*exp(-m*g*x/(k*T)): n,m,x,T,g,k 1,5
I.41.16: h*w**3/(pi**2*c**2*(exp(h*w/(k*T))-1)): w,T,h,k,c 1,5
I.44.4: n*k*T*log(V/W): n,k,T,W,V 1,5
I.48.2: m*c**2/sqrt(1-v**2/c**2): m 1,5; v 1,2; c 3,10
I.50.26: x*(cos(w*t)+a*cos(w*t)**2): x,w,t,a 1,3
II.6.15a: p*3*z/(4*pi*e*r**5)*sqrt(x**2+y**2): e,p,r,x,y,z 1,3
II.6.15b: p/(4*pi*e)*3*cos(t)*sin(t)/r**3: e,p,t,r 1,3
II.11.3: q*E/(m*(w**2-v**2)): q,E,m 1,3; w 3,5; v 1,2
II.11.17: n*(1+p*E*cos(t)/(k*T)): n,k,T,t,p,E 1,3
II.11.27: n*a/(1-n*a/3)*e*E: n,a 0,1; e,E 1,2
II.24.17: sqrt(w**2/c**2-pi**2/d**2): w 4,6; c 1,2; d 2,4
II.35.18: n/(exp(m*B/(k*T))+exp(-m*B/(k*T))): n,k,T,m,B 1,3
II.35.21: n*m*tanh(m*B/(k*T)): n,m,B,k,T 1,5
II.36.38: m*H/(k*T)+m*a/(e*c**2*k*T)*M: m,H,k,T,a,e,c,M 1,3
III.4.33: h*w/(2*pi)/(exp(h*w/(2*pi*k*T))-1): h,w,k,T 1,5
III.9.52: p*E*t/h*sin((w-v)*t/2)**2/((w-v)*t/2)**2: p,E,t,h 1,3; w,v 1,5
III.10.19: m*sqrt(x**2+y**2+z**2): m,x,y,z 1,5
III.14.14: I*(exp(q*V/(k*T))-1): I 1,5; q,V,k,T 1,2
III.15.12: 2*U*(1-cos(k*d)): U,k,d 1,5
III.17.37: b*(1+a*cos(t)): b,a,t 1,5
III.19.51: -m*q**4/(2*(4*pi*e)**2*(h/(2*pi))**2)/n**2: m,q,h,n,e 1,5
D I.6.2: exp(-t**2/2/s**2)/sqrt(2*pi*s**2): t -1,1; s .5,2
D I.6.2b: exp(-(t-u)**2/2/s**2)/sqrt(2*pi*s**2): t,u -1.5,1.5; s .5,2
D I.9.18: a/((b-1)**2+(c-d)**2+(e-f)**2): a -1,1; b,c,e -1,-.5; d,f .5,1
D I.12.11: 1+a*sin(t): a -1,1; t 0,2*pi
D I.15.3x: (1-a)/sqrt(1-b**2): a -1,1; b -.9,.9
D I.16.6: (a+b)/(1+a*b): a,b -.9,.9
D I.18.4: (1+a*b)/(1+a): a .5,2; b -1,1
D I.26.2: asin(n*sin(t)): n 0,.99; t 0,2*pi
D I.29.16: sqrt(1+a**2-2*a*cos(t-u)): a -1,1; t,u 0,2*pi
D I.30.3: sin(n*t/2)**2/sin(t/2)**2: n 0,4; t .4*pi,1.6*pi
D I.37.4: 1+a+2*sqrt(a)*cos(d): a .1,1; d 0,2*pi
D I.44.4: n*log(a): n 0,1; a .5,2
D I.50.26: cos(a)+b*cos(a)**2: a 0,2*pi; b 0,1
D II.6.15a: c*sqrt(a**2+b**2)/(4*pi): a,b,c 0,1
D II.11.7: n*(1+a*cos(t)): n 0,1; a -1,1; t 0,2*pi
D II.11.27: n*a/(1-n*a/3): n 0,1; a 0,2
D II.35.18: n/(exp(a)+exp(-a)): n,a 0,1
D II.36.38: a+b*c: a,b,c 0,1
D III.9.52: a*(sin((b-c)/2)/((b-c)/2))**2: a 0,1; b,c 0,2*pi
D III.10.19: sqrt(1+a**2+b**2): a,b 0,1
D III.17.37: b*(1+a*cos(t)): b,a 0,1; t 0,2*pi
"""

CLASSICS = """
Nguyen 1: x**3+x**2+x: x -1,1
Nguyen 4: x**6+x**5+x**4+x**3+x**2+x: x -1,1
Nguyen 5: sin(x**2)*cos(x)-1: x -1,1
Nguyen 6: sin(x)+sin(x+x**2): x -1,1
Nguyen 7: log(x+1)+log(x**2+1): x 0,2
Nguyen 8: sqrt(x): x 0,4
Nguyen 9: sin(x)+sin(y**2): x,y 0,1
Nguyen 10: 2*sin(x)*cos(y): x,y 0,1
Nguyen 11: x**y: x,y .01,1
Nguyen 12: x**4-x**3+y**2/2-y: x,y 0,1
Nguyen 1c: 3.39*x**3+2.12*x**2+1.78*x: x -1,1
Nguyen 5c: sin(x**2)*cos(x)-.75: x -1,1
Nguyen 10c: sin(1.5*x)*cos(.5*y): x,y 0,1
Keijzer 1: .3*x*sin(2*pi*x): x -1,1
Keijzer 4: x**3*exp(-x)*cos(x)*sin(x)*(sin(x)**2*cos(x)-1): x 0,10
Keijzer 5: 30*x*z/((x-10)*y**2): x,z -1,1; y 1,2
Keijzer 7: log(x): x 1,100
Keijzer 9: log(x+sqrt(x**2+1)): x 0,100
Keijzer 10: x**y: x,y 0.01,1
Keijzer 11: x*y+sin((x-1)*(y-1)): x,y -3,3
Keijzer 12: x**4-x**3+y**2/2-y: x,y -3,3
Keijzer 13: 6*sin(x)*cos(y): x,y -3,3
Keijzer 14: 8/(2+x**2+y**2): x,y -3,3
Keijzer 15: x**3/5+y**3/2-y-x: x,y -3,3
Livermore 1: 1/3+x+sin(x**2): x -10,10
Livermore 2: sin(x**2)*cos(x)-2: x -1,1
Livermore 3: sin(x**3)*cos(x**2)-1: x -1,1
Livermore 4: log(x+1)+log(x**2+1)+log(x): x .01,2
Livermore 5: x**4-x**3+x**2-y: x,y 0,1
Livermore 7: sinh(x): x -1,1
Livermore 9: x**9+x**8+x**7+x**6+x**5+x**4+x**3+x**2+x: x -1,1
Livermore 10: 6*sin(x)*cos(y): x,y 0,1
Livermore 11: x**2*y**2/(x+y): x,y .1,1
Livermore 12: x**5/y**3: x,y .5,2
Livermore 13: x**(1/3): x 0.01,4
Livermore 14: x**3+x**2+x+sin(x)+sin(x**2): x -1,1
Livermore 16: x**(2/5): x 0.01,4
Livermore 17: 4*sin(x)*cos(y): x,y 0,1
Livermore 18: sin(x**2)*cos(x)-5: x -1,1
Livermore 22: exp(-x**2/2): x -1,1
Korns 1: 1.57+24.3*d: a,b,c,d,e -50,50
Korns 2: .23+14.2*(d+b)/(3*e): a,b,c,d -50,50; e 1,50
Korns 4: -2.3+.13*sin(c): a,b,c,d,e -50,50
Korns 5: 3+2.13*log(e): a,b,c,d -50,50; e .1,50
Korns 6: 1.3+.13*sqrt(a): a 0,50; b,c,d,e -50,50
Korns 7: 213.80940889*(1-exp(-.54723748542*a)): a 0,10; b,c -10,10
Korns 8: 6.87+11*sqrt(7.23*a*d*e): a,d,e 0,50; b,c -50,50
Korns 11: 6.87+11*cos(7.23*x**3): x -1,1
Korns 12: 2-2.1*cos(9.8*a)*sin(1.3*b): a,b -2,2
Vladislavleva 1: exp(-(x-1)**2)/(1.2+(y-2.5)**2): x,y .3,4
Vladislavleva 2: exp(-x)*x**3*cos(x)*sin(x)*(cos(x)*sin(x)**2-1): x .05,10
Vladislavleva 3: exp(-x)*x**3*cos(x)*sin(x)*(cos(x)*sin(x)**2-1)*(y-5): x,y .05,10
Vladislavleva 4: 10/(5+(a-3)**2+(b-3)**2+(c-3)**2+(d-3)**2+(e-3)**2): a,b,c,d,e .05,6.05
Vladislavleva 5: 30*(x-1)*(z-1)/(y**2*(x-10)): x,z .05,2; y 1,2
Vladislavleva 6: 6*sin(x)*cos(y): x,y .1,5.9
Vladislavleva 7: (x-3)*(y-3)+2*sin((x-4)*(y-4)): x,y .05,6.05
Vladislavleva 8: ((x-3)**4+(y-3)**3-(y-3))/((y-2)**4+10): x,y .05,6.05
Pagie 1: 1/(1+x**-4)+1/(1+y**-4): x,y .2,5
R 1: (x+1)**3/(x**2-x+1): x -1,1
R 2: (x**5-3*x**3+1)/(x**2+1): x -1,1
R 3: (x**6+x**5)/(x**4+x**3+x**2+x+1): x -1,1
Koza 2: x**5-2*x**3+x: x -1,1
Meier 3: x**2*y**2/(x+y): x,y .1,1
Sine of sum: a*sin(b*x+c*0)+0*c: a,b,x,c 1,2
"""

_TEXTS = {
    "toys": TOYS,
    "feynman": FEYNMAN,
    "classics": CLASSICS,
    "seen": SEEN,
    "unseen": UNSEEN,
}


@dataclass(frozen=True)
class Law:
    """A formula to be found from rows."""

    suite: str
    name: str
    formula: str
    columns: tuple[str, ...]
    ranges: tuple[tuple[float, float], ...]

    @property
    def expression(self):
        """The formula in SymPy, in symbols named like the columns."""
        import sympy

        names = {name: sympy.Symbol(name) for name in self.columns}
        return sympy.sympify(self.formula, locals=names)

    @property
    def n_rows(self) -> int:
        return 200 if len(self.columns) == 1 else 1000

    def rows(self, n: int, seed: int, wider: float = 0.0):
        """Return n rows from the box, widened by a share of it; y is NaN where undefined."""
        import sympy

        rng = np.random.default_rng(seed)
        low, high = np.array(self.ranges).T
        pad = 0.5 * wider * (high - low)
        X = rng.uniform(low - pad, high + pad, (n, len(low)))
        symbols = [sympy.Symbol(name) for name in self.columns]
        function = sympy.lambdify(symbols, self.expression, modules=["scipy", "numpy"])
        with np.errstate(all="ignore"):
            y = np.broadcast_to(np.asarray(function(*X.T), dtype=float), (n,)).copy()
        return X, y


def _parse(suite: str, line: str) -> Law:
    import sympy

    name, formula, ranges = (part.strip() for part in line.rsplit(":", 2))
    columns, limits = [], []
    for group in ranges.split(";"):
        names, both = group.strip().split(" ")
        pair = tuple(float(sympy.sympify(end)) for end in both.split(","))
        for column in names.split(","):
            columns.append(column)
            limits.append(pair)
    return Law(suite, name, formula, tuple(columns), tuple(limits))


def laws(suite: str) -> list[Law]:
    """Return the laws of a suite."""
    return [_parse(suite, line) for line in _TEXTS[suite].strip().splitlines()]
